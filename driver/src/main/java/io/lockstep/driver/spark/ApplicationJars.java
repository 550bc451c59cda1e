package io.lockstep.driver.spark;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The jars that a run needs in every executor. */
public final class ApplicationJars {
  /** The environment's name for the user's own jars; the launcher reads it too. */
  private static final String USERS = "LOCKSTEP_JARS";

  private ApplicationJars() {}

  /** The jar, or the folder of classes, that Lockstep itself came from: a path. */
  public static String own() {
    return Path.of(
            java.net.URI.create(
                ApplicationJars.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString()))
        .toString();
  }

  /** The user's own, from the environment: paths, absolute. */
  public static List<String> ofTheUser() {
    return ofTheUser(System.getenv().getOrDefault(USERS, ""));
  }

  /**
   * Absolute paths.
   *
   * @param paths with the system's separator between them
   */
  static List<String> ofTheUser(String paths) {
    List<String> jars = new ArrayList<>();
    for (String jar : paths.split(Pattern.quote(File.pathSeparator), -1)) {
      if (!jar.isEmpty()) {
        jars.add(Path.of(jar).toAbsolutePath().toString());
      }
    }
    return jars;
  }
}
