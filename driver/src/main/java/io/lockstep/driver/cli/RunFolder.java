package io.lockstep.driver.cli;

import io.lockstep.common.config.RunConfiguration;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** The folder of a run where the command line names none: {@code runs/NAME-TIMESTAMP}. */
final class RunFolder {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");

  private RunFolder() {}

  static Path of(RunConfiguration run) {
    return Path.of(
        "runs", run.name() + "-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIMESTAMP));
  }
}
