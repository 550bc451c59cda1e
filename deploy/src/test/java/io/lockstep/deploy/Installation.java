package io.lockstep.deploy;

import java.nio.file.Path;

/** Where the build has put things, told by its pom. */
final class Installation {
  private Installation() {}

  static Path applicationJar() {
    return path("lockstep.jar");
  }

  /** A folder with Spark's jars in {@code jars}. */
  static Path sparkHome() {
    return path("lockstep.spark.home");
  }

  /** The version of that Spark, such as 4.1.0. */
  static String sparkVersion() {
    return property("lockstep.spark.version");
  }

  /** A file with the options that every JVM needs. */
  static Path jvmOptions() {
    return path("lockstep.jvm.options");
  }

  /** The launcher. */
  static Path launcher() {
    return path("lockstep.launcher");
  }

  /** The repository, which the paths of documented commands begin at. */
  static Path root() {
    return launcher().resolve("../..").normalize();
  }

  static Path testClasses() {
    return path("lockstep.test.classes");
  }

  private static Path path(String property) {
    return Path.of(property(property));
  }

  private static String property(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          "system property " + property + " is not set: run this test through Maven");
    }
    return value;
  }
}
