package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lockstep.driver.cli.ConfigurationFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every example gives the same weights whoever computes: its first steps on 1 worker and on as many
 * as its slices allow, 4 at most; {@code -Dlockstep.allCombinations=true} takes those between too.
 */
class ExamplesSameBitsTest {
  private static final String SMALL_IMAGES = "data/mnist/t10k-images-idx3-ubyte.gz";
  private static final String SMALL_LABELS = "data/mnist/t10k-labels-idx1-ubyte.gz";

  @TempDir private Path folder;

  static List<String> examples() {
    return ExampleRun.files();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleGivesTheSameWeightsOnEveryNumberOfWorkers(String example) {
    int slices = ConfigurationFile.load(ExampleRun.file(example), List.of()).batch().slices();
    int most = Math.min(slices, ExampleRun.MOST_WORKERS);
    assumeThat(most).as("%s has one slice, for one worker", example).isGreaterThan(1);
    List<Integer> counts =
        Boolean.getBoolean("lockstep.allCombinations")
            ? IntStream.rangeClosed(1, most).boxed().toList()
            : List.of(1, most);
    Set<String> hashes = new LinkedHashSet<>();
    for (int workers : counts) {
      List<String> settings = new ArrayList<>(shortened(example));
      settings.add("cluster.workers=" + workers);
      ExampleRun run = ExampleRun.of(example, folder, settings.toArray(String[]::new));
      assertThat(run.summary().get("workers").asInt()).isEqualTo(workers);
      assertThat(run.summary().get("reproducible").asBoolean()).isTrue();
      hashes.add(run.hash());
    }
    assertThat(hashes).as("on %s workers", counts).hasSize(1);
  }

  /** Three steps, and of the images those that are fewer. */
  private static List<String> shortened(String example) {
    List<String> settings = new ArrayList<>(List.of("train.steps=3", "train.validateEvery=never"));
    if (example.startsWith("mnist-")) {
      settings.add("data.train.features=" + SMALL_IMAGES);
      settings.add("data.train.labels=" + SMALL_LABELS);
    }
    return settings;
  }
}
