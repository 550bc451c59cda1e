package io.lockstep.deploy.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.RunFailedException;
import io.lockstep.driver.cli.ConfigurationFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HdfsTest extends RunsElsewhere {
  /** Of a run that is long enough for something to happen to it. */
  private static final int EPOCHS = 20;

  private static final String SELDOM = "checkpoint={everySteps: 20, keep: 2}";
  private static final int STEP = 25;

  private static final Pattern KEPT = Pattern.compile("it is still in (\\S+)");

  private @Nullable Hdfs hdfs;
  private String longHash = "";

  @Override
  Elsewhere start(Path ownFolder) throws IOException {
    Hdfs started = new Hdfs(ownFolder);
    hdfs = started;
    return started;
  }

  /** What a long run gives to which nothing happens. */
  private String longHash() throws IOException {
    if (longHash.isEmpty()) {
      longHash = trainHere("long", settings(EPOCHS, SELDOM));
    }
    return longHash;
  }

  private interface Event {
    void happen() throws IOException;
  }

  private void train(String run, Event event) {
    RunConfiguration configuration =
        ConfigurationFile.load(configuration(), settings(EPOCHS, SELDOM));
    KilledRun.train(
        configuration,
        run,
        STEP,
        () -> {
          try {
            event.happen();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** What a run that fails says; everything else that goes wrong with it is not the user's. */
  private String failure(String run, Event event) throws IOException {
    RunFailedException failure =
        catchThrowableOfType(RunFailedException.class, () -> train(run, event));
    assertThat(failure).as("the run must fail").isNotNull();
    removeKept(failure);
    return requireNonNull(failure.getMessage());
  }

  /** What could not be carried is where the failure says, steps and all. */
  private static void removeKept(Throwable failure) throws IOException {
    Matcher kept = KEPT.matcher(failure.getSuppressed()[0].getMessage());
    assertThat(kept.find()).as("%s", failure.getSuppressed()[0]).isTrue();
    Path folder = Path.of(kept.group(1));
    assertThat(folder.resolve("steps.jsonl")).isNotEmptyFile();
    try (Stream<Path> files = Files.walk(requireNonNull(folder.getParent()))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void aRunWhoseDiskIsFullSaysSoAndGoesOnWhenThereIsRoom() throws IOException {
    Hdfs full = requireNonNull(hdfs);
    String run = there("full/wine");
    full.makeRoom("full");
    assertThat(failure(run, () -> full.fill("full")))
        .matches(
            "the run wine failed: .*cannot (write|carry) .*The DiskSpace quota of /tests/full is"
                + " exceeded: quota = 1 B .*; --resume goes on from its checkpoint step-\\d+")
        .hasLineCount(1);
    full.makeRoom("full");
    resume(run, EPOCHS, longHash(), SELDOM);
  }

  @Test
  void aRunWhoseNameNodeIsGoneSaysSoAndGoesOnWhenItIsBack() throws IOException {
    Hdfs gone = requireNonNull(hdfs);
    String run = there("runs/gone");
    String said;
    try {
      said = failure(run, gone::stopNameNode);
    } finally {
      gone.startNameNode();
    }
    Checkpoints checkpoints = new Checkpoints(store("runs/gone/checkpoints"));
    assertThat(said)
        .startsWith("the run wine failed: ")
        .contains("cannot ", "localhost")
        .endsWith(
            "; --resume goes on from its checkpoint step-"
                + checkpoints.latest().orElseThrow().step())
        .hasLineCount(1);
    resume(run, EPOCHS, longHash(), SELDOM);
  }
}
