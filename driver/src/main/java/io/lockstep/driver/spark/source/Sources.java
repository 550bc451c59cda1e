package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** All formats that examples can come in. */
public final class Sources {
  /** The key that chooses a format. */
  public static final Key<String> FORMAT =
      Key.text("format", "", "the format of the files").required();

  /** A format a line. */
  public static final Registry<Source> REGISTRY =
      Registry.of("format", FORMAT, List.of(IdxSource.ENTRY, CsvSource.ENTRY, ParquetSource.ENTRY));

  private static final List<Key<String>> PATHS =
      List.of(SourceKeys.PATH, IdxSource.FEATURES, IdxSource.LABELS);

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  private Sources() {}

  /**
   * The same source with paths that mean the same everywhere: one that is relative is local, and
   * relative to the folder of the configuration's file.
   */
  public static Options resolve(Options source, Path folder) {
    List<Key<?>> keys = REGISTRY.entry(source).keys();
    Options resolved = source;
    for (Key<String> key : PATHS) {
      if (keys.contains(key) && source.has(key)) {
        resolved = resolved.with(key, resolve(source.get(key), folder));
      }
    }
    return resolved;
  }

  private static String resolve(String path, Path folder) {
    return path.startsWith("/") || SCHEME.matcher(path).matches()
        ? path
        : "file:" + folder.toAbsolutePath().resolve(path).normalize();
  }
}
