package io.lockstep.driver.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** What this build is and stands on, as the build wrote it into {@code build.properties}. */
public final class Build {
  private static final Properties PROPERTIES = load();

  private Build() {}

  private static Properties load() {
    Properties properties = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        properties.load(in);
      }
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read build.properties", e);
    }
  }

  /** The version, such as {@code 0.1.0}. */
  public static String version() {
    return property("version");
  }

  /**
   * The source's commit, {@code -changed} where files differed from it; {@code unknown} where the
   * build had no repository.
   */
  public static String commit() {
    return property("commit") + (property("changed").equals("true") ? "-changed" : "");
  }

  /** Version and commit: two builds of one name can work together. */
  public static String name() {
    return version() + " (commit " + commit() + ")";
  }

  /** Versions of Lockstep, Java and what the build stands on, by name. */
  public static Map<String, Object> versions() {
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("lockstep", version());
    versions.put("java", Runtime.version().toString());
    for (String library : new String[] {"spark", "akka", "nd4j"}) {
      versions.put(library, property(library));
    }
    return versions;
  }

  /** The version of a library that the build brings, such as {@code uplot}. */
  static String version(String library) {
    return property(library);
  }

  private static String property(String name) {
    String value = PROPERTIES.getProperty(name, "");
    return value.isEmpty() || value.startsWith("${") ? "unknown" : value;
  }
}
