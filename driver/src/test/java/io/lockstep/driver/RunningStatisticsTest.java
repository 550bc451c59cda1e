package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with batch-norm: what their running statistics are, and that nothing else moves them. */
class RunningStatisticsTest {
  private static final String FIRST_LAYER =
      """
      model:
        input: [64]
        layers:
          - {type: batch-norm, name: norm, momentum: 0.25}
          - {type: dense, name: output, units: 4}
      """;

  private static final String SGD = "optimizer: {type: sgd, learningRate: 0.05}\n";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private RunCase runs;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String data;

  @BeforeEach
  void writeData() {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
  }

  /** Behind the input they depend on no weight: a plain loop over the rows of the whole batch. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2"})
  void theyAreThoseOfThePlainDefinitionOverWholeBatches(int workers, int servers) {
    RunConfiguration configuration =
        RunCase.configuration(
            data,
            FIRST_LAYER,
            SGD,
            "cluster.workers=" + workers,
            "cluster.servers=" + servers,
            "train.steps=9");
    Path path = runs.newDirectory();
    RunCase.run(configuration, path, RunListener.NONE);
    float[] statistics = statistics(path);
    double[] expected = PlainStreams.runningStatistics(configuration, 9, 0.25);
    for (int i = 0; i < expected.length; i++) {
      // Features lie in [0, 1]: some roundings of 2^-24 in each of the sums and in the statistics.
      assertThat((double) statistics[i]).as("element %d", i).isCloseTo(expected[i], within(2e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void theHashDependsNeitherOnTheClusterNorOnChunks(int chunkElements) {
    String chunks = "model.chunkElements=" + chunkElements;
    String plain = hash(chunks);
    assertThat(hash(chunks, "cluster.workers=2")).isEqualTo(plain);
    assertThat(hash(chunks, "cluster.workers=3", "cluster.servers=2")).isEqualTo(plain);
    assertThat(plain).as("element-wise rules know no chunks").isEqualTo(hash());
  }

  private String hash(String... set) {
    return runs.run(RunCase.configuration(data, RunCase.NORMALISED, RunCase.SGD, set))
        .weightsSha256();
  }

  @Test
  void aResumedRunEndsWithTheSameOnes() throws IOException {
    Path path = runs.newDirectory();
    RunConfiguration configuration =
        RunCase.configuration(data, RunCase.NORMALISED, RunCase.LAMB, "cluster.workers=2");
    Summary plain = RunCase.run(configuration, path, RunListener.NONE);
    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    Files.delete(path.resolve("checkpoints/step-9/manifest.json"));
    Files.delete(path.resolve("summary.json"));
    Summary resumed =
        RunCase.resume(
            RunCase.configuration(
                data,
                RunCase.NORMALISED,
                RunCase.LAMB,
                "cluster.workers=3",
                "cluster.servers=2",
                "cluster.placement=workers"),
            path);
    assertThat(resumed.weightsSha256()).isEqualTo(plain.weightsSha256());
  }

  @Test
  void aWorkerThatIsInterruptedChangesNothing() {
    AtomicBoolean failed = new AtomicBoolean();
    RunListener failing =
        new RunListener() {
          @Override
          public void validation(ValidationRecord validation) {
            if (validation.step() >= 5 && failed.compareAndSet(false, true)) {
              RunCase.interruptWorker();
            }
          }
        };
    String[] set = {"cluster.workers=2", "train.steps=60", "checkpoint.everySteps=20"};
    RunConfiguration configuration =
        RunCase.configuration(data, RunCase.NORMALISED, RunCase.SGD, set);
    Summary interrupted = RunCase.run(configuration, runs.newDirectory(), failing);
    assertThat(failed).isTrue();
    assertThat(interrupted.weightsSha256()).isEqualTo(hash("train.steps=60"));
  }

  /** Float16 loses digits of gradients, but the statistics behind the input are the same bits. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer: {type: sgd, learningRate: 0.05}\nwire: {gradients: float16}\n",
        "optimizer: {type: adamw, learningRate: 0.01, weightDecay: 0.5}\n",
        "optimizer: {type: muon, learningRate: 0.01}\n",
        "optimizer: {type: lars, learningRate: 0.01}\n",
        "optimizer: {type: schedule-free-sgd, learningRate: 0.01}\n",
        "optimizer: {type: sgd, learningRate: 0.05}\nclip: {type: adaptive, maximum: 0.001}\n",
        "optimizer: {type: sgd, learningRate: 0.05}\nclip: {type: value, maximum: 0.0001}\n",
        "optimizer: {type: sgd, learningRate: 0.05, groups: [{tensors: ['norm.*'], rateFactor: 0}]}"
            + "\n"
      })
  void noRuleClipDecayGroupOrWireTouchesThem(String rule) {
    Path plain = runs.newDirectory();
    RunCase.run(RunCase.configuration(data, FIRST_LAYER, SGD), plain, RunListener.NONE);
    Path other = runs.newDirectory();
    RunCase.run(RunCase.configuration(data, FIRST_LAYER, rule), other, RunListener.NONE);
    assertThat(statistics(other)).containsExactly(statistics(plain));
  }

  @Test
  void theyAreInNoNormOfAGradient() throws IOException {
    RunConfiguration configuration =
        RunCase.configuration(
            data, FIRST_LAYER, SGD, "batch.size=16", "batch.slice=16", "train.steps=1");
    Path path = runs.newDirectory();
    RunCase.run(configuration, path, RunListener.NONE);
    JsonNode step = new ObjectMapper().readTree(path.resolve("steps.jsonl").toFile());

    Network network = Network.of(configuration);
    float[] weights = PlainStreams.firstWeights(configuration, network);
    float[] gradient = new float[network.size()];
    SliceBatch batch = new SliceBatch(16, network.inputSize(), network.labelWidth());
    assertThat(PlainStreams.of(configuration).get(0).fill(0, batch)).isTrue();
    try (Parameters parameters = network.allocate();
        SliceEngine engine = network.engine(parameters, 16)) {
      parameters.set(0, weights, 0, weights.length);
      SliceSums sums = engine.gradient(batch, configuration.seed(), 0, 0, gradient);
      double squares = trainedSquares(network, gradient);
      // About six digits are promised of the squares.
      assertThat(sums.gradientSquares()).isCloseTo(squares, withinPercentage(1e-4));
      assertThat(step.get("gradientNorm").asDouble())
          .isCloseTo(Math.sqrt(squares) / sums.weight(), withinPercentage(1e-4));
    }
  }

  private static double trainedSquares(Network network, float[] gradient) {
    double squares = 0;
    int at = 0;
    for (TensorSpec tensor : network.tensors()) {
      for (int i = at; i < at + tensor.size() && !tensor.isStatistics(); i++) {
        squares += (double) gradient[i] * gradient[i];
      }
      at += tensor.size();
    }
    return squares;
  }

  /** Of the layer {@code norm}, at the end of a run. */
  private static float[] statistics(Path run) {
    Checkpoints checkpoints = new Checkpoints(new FolderStore(run.resolve("checkpoints")));
    Manifest manifest = checkpoints.latest().orElseThrow();
    List<TensorSpec> tensors = manifest.tensors();
    float[] values = new float[2 * RunCase.SIDE * RunCase.SIDE];
    checkpoints.read(
        manifest,
        0,
        manifest.layout().chunks().size(),
        (chunk, parameters, state) -> {
          if (tensors.get(chunk.tensor()).name().equals("norm.statistics")) {
            System.arraycopy(parameters, 0, values, chunk.tensorOffset(), chunk.length());
          }
        });
    return values;
  }
}
