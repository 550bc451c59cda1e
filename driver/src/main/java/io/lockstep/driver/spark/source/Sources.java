package io.lockstep.driver.spark.source;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.driver.storage.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** All formats that examples can come in. */
public final class Sources {
  /** The key that chooses a format. */
  public static final Key<String> FORMAT =
      Key.text("format", "", "the format of the files").required();

  /** A format a line. */
  public static final Registry<Source> REGISTRY =
      Registry.of(
          "format",
          FORMAT,
          List.of(
              IdxSource.ENTRY,
              CsvSource.ENTRY,
              ParquetSource.ENTRY,
              JsonLinesSource.ENTRY,
              LibsvmSource.ENTRY,
              NpySource.ENTRY,
              ImagesSource.ENTRY,
              SqlSource.ENTRY,
              TextSource.ENTRY,
              SyntheticSource.ENTRY));

  private static final List<Key<String>> PATHS =
      List.of(
          SourceKeys.PATH,
          ImagesSource.PATH,
          IdxSource.FEATURES,
          IdxSource.LABELS,
          NpySource.FEATURES,
          NpySource.LABELS);

  /** What a file's name holds, and what it says about its format; the first that fits. */
  private static final Map<String, Registry.Entry<Source>> ENDINGS = endings();

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

  private Sources() {}

  private static Map<String, Registry.Entry<Source>> endings() {
    Map<String, Registry.Entry<Source>> endings = new LinkedHashMap<>();
    endings.put(".csv", CsvSource.ENTRY);
    endings.put(".parquet", ParquetSource.ENTRY);
    endings.put(".jsonl", JsonLinesSource.ENTRY);
    endings.put(".libsvm", LibsvmSource.ENTRY);
    endings.put(".npy", NpySource.ENTRY);
    endings.put(".npz", NpySource.ENTRY);
    endings.put("ubyte", IdxSource.ENTRY);
    endings.put("idx", IdxSource.ENTRY);
    return endings;
  }

  /**
   * The source that the configuration describes.
   *
   * @param labels what labels mean; where there are some, the source must say where they are
   * @throws ConfigurationException for an unknown format or key, or a refused value
   */
  public static Source create(Options source, LabelsSection labels) {
    Source created = REGISTRY.create(source);
    for (Key<?> key : List.of(SourceKeys.LABEL, IdxSource.LABELS, NpySource.LABELS)) {
      if (!labels.none() && REGISTRY.entry(source).keys().contains(key) && !source.has(key)) {
        throw unlabelled(source, key);
      }
    }
    return created;
  }

  static ConfigurationException unlabelled(Options source, Key<?> key) {
    return source.error(key, "must say where the labels are, unless data.labels is {none: true}");
  }

  /**
   * The same source with paths that mean the same everywhere: one that is relative begins at the
   * folder of the configuration's file; one that begins with a slash means what it means to Spark.
   */
  public static Options resolve(Options source, Location folder) {
    List<Key<?>> keys = REGISTRY.entry(source).keys();
    Options resolved = source;
    for (Key<String> key : PATHS) {
      if (keys.contains(key) && source.has(key)) {
        resolved = resolved.with(key, resolve(source.get(key), folder));
      }
    }
    return keys.contains(SqlSource.TABLES) ? SqlSource.resolve(resolved, folder) : resolved;
  }

  /**
   * The source for a file named on the command line, in the manner of the source that a model was
   * trained on: its format by its name where that tells, label and delimiter as they were.
   *
   * @param file a path; a relative one is relative to the working directory
   * @param trained the source that the model was trained on
   */
  public static Options ofFile(String file, Options trained) {
    String format = format(file, trained.get(FORMAT));
    Map<String, Object> source = new LinkedHashMap<>();
    source.put(FORMAT.name(), format);
    if (format.equals(IdxSource.ENTRY.name()) || format.equals(NpySource.ENTRY.name())) {
      source.put(IdxSource.FEATURES.name(), file);
      String labels = labelsBeside(file);
      if (!labels.equals(file)) {
        source.put(IdxSource.LABELS.name(), labels);
      }
    } else {
      source.put(SourceKeys.PATH.name(), file);
      if (trained.has(SourceKeys.LABEL)) {
        source.put(SourceKeys.LABEL.name(), trained.get(SourceKeys.LABEL));
      }
      if (trained.has(SourceKeys.WEIGHT)) {
        source.put(SourceKeys.WEIGHT.name(), trained.get(SourceKeys.WEIGHT));
      }
      if (format.equals(CsvSource.ENTRY.name()) && trained.has(CsvSource.DELIMITER)) {
        source.put(CsvSource.DELIMITER.name(), trained.get(CsvSource.DELIMITER));
      }
    }
    return resolve(Options.of("--data", source), Location.of(""));
  }

  private static String format(String file, String otherwise) {
    String name = file.substring(file.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    for (Map.Entry<String, Registry.Entry<Source>> ending : ENDINGS.entrySet()) {
      if (name.contains(ending.getKey())) {
        return ending.getValue().name();
      }
    }
    return otherwise;
  }

  /** The file of labels by the habits of MNIST ({@code images}) and of NumPy ({@code x_train}). */
  private static String labelsBeside(String features) {
    int name = features.lastIndexOf('/') + 1;
    return features.substring(0, name)
        + features
            .substring(name)
            .replace("images", "labels")
            .replace("idx3", "idx1")
            .replace("features", "labels")
            .replaceFirst("^[xX](?=[_.-])", "y");
  }

  /**
   * The same format with the same settings, from another file. With a file of features and one of
   * labels the latter is looked for beside the former, by MNIST's names ({@code
   * x-images-idx3-ubyte} and {@code x-labels-idx1-ubyte}) and those usual for arrays ({@code
   * features.npy} and {@code labels.npy}, {@code x_test.npy} and {@code y_test.npy}). Where the
   * source is made up or a query, the format is that of the file's name.
   *
   * @param folder where a relative path starts
   */
  public static Options from(Options source, String path, Location folder) {
    List<Key<?>> keys = REGISTRY.entry(source).keys();
    boolean query = keys.contains(SqlSource.QUERY);
    if (query || keys.contains(SyntheticSource.SEED)) {
      if (format(path, "").isEmpty()) {
        throw source.error(
            (query ? "is a query" : "is made up")
                + ", so a file must tell its format by its name ("
                + String.join(", ", ENDINGS.keySet())
                + "), got "
                + path);
      }
      return ofFile(path, source);
    }
    if (!keys.contains(IdxSource.FEATURES) && !keys.contains(NpySource.FEATURES)) {
      return source.with(SourceKeys.PATH, resolve(path, folder));
    }
    Options features = source.with(IdxSource.FEATURES, resolve(path, folder));
    if (!source.has(IdxSource.LABELS)) {
      return features;
    }
    String labels = path.endsWith(".npz") ? path : labelsBeside(path);
    return features.with(IdxSource.LABELS, resolve(labels, folder));
  }

  private static String resolve(String path, Location folder) {
    if (path.startsWith("/") || SCHEME.matcher(path).matches()) {
      return path;
    }
    Location location = folder.resolve(path);
    return location.isLocal() ? "file:" + location : location.toString();
  }
}
