package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.storage.Location;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * {@code [--run-dir DIR] [--resume]}: where a run is written down, and whether it goes on there.
 */
final class RunFolderArguments {
  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description =
          "The run's folder, new or empty, also on another file system of Hadoop's, such as"
              + " hdfs://namenode/runs/wine; on a cluster driver and executors reach it under this"
              + " name (default: runs/NAME-TIMESTAMP).")
  private @Nullable String directory;

  @Option(
      names = "--resume",
      description =
          "Goes on with the run in --run-dir from its last checkpoint; the numbers of workers,"
              + " servers and threads may be others.")
  private boolean resume;

  /** Whether the run goes on. */
  boolean resumes() {
    return resume;
  }

  /** The folder of the run that goes on. */
  String resumed() {
    return required("--resume", "go on with");
  }

  /** The folder of the run that begins, or goes on where it is there. */
  String begunOrResumed() {
    return required("--begin-or-resume", "begin or to go on with");
  }

  private String required(String option, String purpose) {
    if (directory == null) {
      throw new ConfigurationException(
          option + " needs --run-dir: the folder of the run to " + purpose);
    }
    return directory;
  }

  /** The folder as the user names it, or a new one. */
  String orNew(RunConfiguration run) {
    return directory != null ? directory : RunFolder.of(run).toString();
  }

  /** The folder as other machines know it: a path, absolute, or an address as it is. */
  String absolute(RunConfiguration run) {
    Location folder = Location.of(resume ? resumed() : orNew(run));
    return folder.isLocal()
        ? folder.path().toAbsolutePath().normalize().toString()
        : folder.toString();
  }
}
