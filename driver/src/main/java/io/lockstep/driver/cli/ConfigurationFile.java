package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads a configuration from its file. */
public final class ConfigurationFile {
  private ConfigurationFile() {}

  /**
   * The configuration with the settings put over it: checked, paths made absolute, defaults filled
   * in. What an earlier run wrote down about itself is left out.
   *
   * @param settings {@code key=value} each
   * @throws ConfigurationException where the file cannot be read, or something in it is wrong
   */
  public static RunConfiguration load(Path file, List<String> settings) {
    return load(Location.of(file), file.toString(), settings);
  }

  /**
   * As the other form.
   *
   * @param file a path, or an address such as {@code hdfs://namenode/wine.yaml}; paths in it are
   *     relative to its folder. Or the configuration itself, see {@link InlineConfiguration}
   */
  public static RunConfiguration load(String file, List<String> settings) {
    if (InlineConfiguration.isInline(file)) {
      String text = InlineConfiguration.decode(file);
      RunConfiguration run = RunConfiguration.parse(text, InlineConfiguration.SHOWN, settings);
      return Resolution.resolve(run.withRecord(Map.of()), Location.of(Path.of("")));
    }
    return load(Location.of(file), file, settings);
  }

  private static RunConfiguration load(Location file, String shown, List<String> settings) {
    RunConfiguration run = RunConfiguration.parse(read(file, shown), shown, settings);
    return Resolution.resolve(run.withRecord(Map.of()), file.folder());
  }

  private static String read(Location file, String shown) {
    Storage storage = Storage.here();
    try {
      if (!storage.isFile(file)) {
        throw new ConfigurationException(
            "the configuration must be a file, got "
                + shown
                + (storage.exists(file) ? ", which is none" : ", which does not exist"));
      }
      try (InputStream in = storage.open(file)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new ConfigurationException("cannot read the configuration " + shown + ": " + e, e);
    }
  }
}
