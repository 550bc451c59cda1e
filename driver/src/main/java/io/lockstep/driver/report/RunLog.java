package io.lockstep.driver.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/**
 * Where everything that this process logs goes: Spark, Akka and Lockstep itself. To be set before
 * the first class that logs is loaded. Without it only errors are shown, on standard error.
 */
public final class RunLog {
  /** The system property that the logging configuration reads the file's name from. */
  private static final String FILE = "lockstep.log";

  private static final String CONFIGURATION = "log4j2.configurationFile";

  private RunLog() {}

  /** Everything goes to {@code lockstep.log} in the run's folder of logs. */
  public static void in(RunDirectory directory) {
    System.setProperty(FILE, directory.logs().resolve("lockstep.log").toString());
    if (System.getProperty(CONFIGURATION) == null) {
      System.setProperty(CONFIGURATION, "classpath:io/lockstep/driver/report/log-to-file.xml");
    }
  }

  /** What a process without a run directory of its own does goes to standard error. */
  public static void onScreen() {
    if (System.getProperty(CONFIGURATION) == null) {
      System.setProperty(CONFIGURATION, "classpath:io/lockstep/driver/report/log-on-screen.xml");
    }
  }

  /** Nothing is written; errors go to standard error. */
  public static void nowhere() {
    if (System.getProperty(CONFIGURATION) == null) {
      System.setProperty(CONFIGURATION, "classpath:io/lockstep/driver/report/log-errors.xml");
    }
  }

  /**
   * Writes down why a command failed.
   *
   * @return the file; empty where there is none
   */
  public static Optional<Path> write(Throwable failure) {
    String name = System.getProperty(FILE);
    if (name == null) {
      return Optional.empty();
    }
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    Path file = Path.of(name);
    try {
      Files.writeString(
          file,
          Instant.now() + " ERROR " + trace,
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return Optional.of(file);
    } catch (IOException e) {
      failure.addSuppressed(e);
      return Optional.empty();
    }
  }
}
