package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes beside what it prints. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Refuses a place where no file can be written, before work is done whose outcome would be lost.
   *
   * @param option that names the file
   */
  static void check(String option, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || folder == null || !Files.isDirectory(folder)) {
      throw new ConfigurationException(
          option + " must be a file in a folder that exists, got " + file);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
