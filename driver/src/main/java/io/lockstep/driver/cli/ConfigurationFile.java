package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import java.io.IOException;
import java.nio.file.Files;
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
    RunConfiguration run = RunConfiguration.parse(read(file), file.toString(), settings);
    Path folder = file.toAbsolutePath().normalize().resolveSibling("");
    return Resolution.resolve(run.withRecord(Map.of()), folder);
  }

  private static String read(Path file) {
    if (!Files.exists(file)) {
      throw new ConfigurationException(
          "the configuration must be a file, got " + file + ", which does not exist");
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "the configuration must be a file, got " + file + ", which is none");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ConfigurationException("cannot read the configuration " + file + ": " + e, e);
    }
  }
}
