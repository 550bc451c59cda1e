package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.storage.Location;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The folder of a run where the command line names none: {@code runs/NAME-TIMESTAMP}. */
final class RunFolder {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");

  private RunFolder() {}

  static Path of(RunConfiguration run) {
    return Path.of(
        "runs", run.name() + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIMESTAMP));
  }

  /**
   * The run's folder as other machines know it: a path, absolute, or an address as it is.
   *
   * @param named by the user; null for the default
   */
  static String absolute(@Nullable String named, RunConfiguration run) {
    Location folder = named == null ? Location.of(of(run)) : Location.of(named);
    return folder.isLocal()
        ? folder.path().toAbsolutePath().normalize().toString()
        : folder.toString();
  }
}
