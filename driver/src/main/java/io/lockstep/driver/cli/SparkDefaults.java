package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** The settings that spark-submit reads from files by itself. */
final class SparkDefaults {
  private SparkDefaults() {}

  /**
   * By name.
   *
   * @param given the file of {@code --properties-file}, which takes the place of {@code
   *     spark-defaults.conf}
   * @param environment whose SPARK_CONF_DIR or SPARK_HOME says where the latter is
   * @throws ConfigurationException where a given file is not there
   */
  static Map<String, String> read(Optional<Path> given, Map<String, String> environment)
      throws IOException {
    if (given.isPresent() && !Files.isRegularFile(given.get())) {
      throw new ConfigurationException(
          "--properties-file must be a file, got " + given.get() + ", which does not exist");
    }
    Optional<Path> file = given.or(() -> defaults(environment)).filter(Files::isRegularFile);
    Map<String, String> settings = new LinkedHashMap<>();
    if (file.isPresent()) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file.get())) {
        properties.load(reader);
      }
      for (String name : properties.stringPropertyNames()) {
        if (name.startsWith("spark.")) {
          settings.put(name, properties.getProperty(name).strip());
        }
      }
    }
    return settings;
  }

  private static Optional<Path> defaults(Map<String, String> environment) {
    String folder = environment.getOrDefault("SPARK_CONF_DIR", "");
    String home = environment.getOrDefault("SPARK_HOME", "");
    if (folder.isEmpty() && home.isEmpty()) {
      return Optional.empty();
    }
    Path parent = folder.isEmpty() ? Path.of(home, "conf") : Path.of(folder);
    return Optional.of(parent.resolve("spark-defaults.conf"));
  }
}
