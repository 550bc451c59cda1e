package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.tree.Partial;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.spark.Dealing;
import io.lockstep.driver.spark.Dealt;
import io.lockstep.driver.spark.SparkRuntime;
import io.lockstep.worker.Crew;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training computes, against loops that anybody can read. */
class PlainLoopTest {
  private static final String PLAIN_SGD = "optimizer: {type: sgd, learningRate: 0.05}\n";

  private static final String TWO_LAYERS =
      """
      model:
        input: [64]
        layers:
          - {type: dense, name: hidden, units: 16, activation: tanh}
          - {type: dense, name: output, units: 4}
      """;

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

  @Test
  void oneWorkerWithOneSliceIsAPlainLoop() {
    RunConfiguration configuration =
        RunCase.configuration(
            data, RunCase.MLP, PLAIN_SGD, "batch.size=16", "batch.slice=16", "train.steps=30");
    Path path = runs.newDirectory();
    RunCase.run(configuration, path, RunListener.NONE);
    assertThat(weights(path)).isEqualTo(plainLoop(configuration));
  }

  private static float[] plainLoop(RunConfiguration configuration) {
    Network network = Network.of(configuration);
    List<SliceStream> streams = PlainStreams.of(configuration);
    float[] weights = PlainStreams.firstWeights(configuration, network);
    float[] gradient = new float[weights.length];
    SliceBatch batch = new SliceBatch(16, network.inputSize(), network.labelWidth());
    try (Parameters parameters = network.allocate();
        SliceEngine engine = network.engine(parameters, 16)) {
      for (long step = 0; step < 30; step++) {
        parameters.set(0, weights, 0, weights.length);
        assertThat(streams.get(0).fill(step, batch)).isTrue();
        SliceSums sums = engine.gradient(batch, configuration.seed(), step, 0, gradient);
        for (int i = 0; i < weights.length; i++) {
          weights[i] -= 0.05f * (gradient[i] / (float) sums.weight());
        }
      }
    }
    return weights;
  }

  @Test
  void theTreesGradientIsThatOfTheWholeBatchInFloat64() throws InterruptedException {
    RunConfiguration configuration = RunCase.configuration(data, TWO_LAYERS, PLAIN_SGD);
    List<SliceStream> streams = PlainStreams.of(configuration);
    RunParts parts;
    float[] weights;
    try (SparkRuntime spark = SparkRuntime.start(configuration);
        Dealt dealt = Dealing.deal(spark.session(), configuration)) {
      parts = RunParts.of(configuration, dealt.plan().training().epoch());
      weights = PlainStreams.firstWeights(configuration, parts.network());
    }
    double[] expected = wholeBatch(streams, parts.network(), weights);
    try (Crew crew =
        new Crew(
            parts.network(),
            parts.layout(),
            parts.tree(),
            42,
            0,
            streams,
            streams,
            8,
            2,
            () -> {})) {
      crew.parameters().set(0, weights, 0, weights.length);
      List<Partial> partials = crew.gradients(0).orElseThrow();
      assertThat(partials).as("one worker hands over the root").hasSize(1);
      assertThat(partials.get(0).scalars().weight()).isEqualTo(56);
      double largest = java.util.Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      // A few roundings of 2^-24 each in the sums over 56 examples and 64 inputs.
      double rounding = 64 * 0x1.0p-24 * largest;
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) partials.get(0).gradient()[i])
            .as("element %d", i)
            .isCloseTo(expected[i], within(rounding));
      }
    }
  }

  /** Two dense layers, tanh, softmax and cross-entropy, example by example. */
  private static double[] wholeBatch(List<SliceStream> streams, Network network, float[] w) {
    double[] gradient = new double[w.length];
    SliceBatch batch = new SliceBatch(8, 64, network.labelWidth());
    for (SliceStream stream : streams) {
      assertThat(stream.fill(0, batch)).isTrue();
      for (int e = 0; e < batch.examples(); e++) {
        addExample(batch.features(), e * 64, (int) batch.labels()[e], w, gradient);
      }
    }
    return gradient;
  }

  private static void addExample(float[] x, int at, int label, float[] w, double[] gradient) {
    int b1 = 64 * 16;
    int w2 = b1 + 16;
    int b2 = w2 + 16 * 4;
    double[] hidden = new double[16];
    for (int h = 0; h < 16; h++) {
      hidden[h] = w[b1 + h];
      for (int i = 0; i < 64; i++) {
        hidden[h] += (double) x[at + i] * w[i * 16 + h];
      }
      hidden[h] = StrictMath.tanh(hidden[h]);
    }
    double[] delta = new double[4];
    double sum = 0;
    for (int k = 0; k < 4; k++) {
      delta[k] = w[b2 + k];
      for (int h = 0; h < 16; h++) {
        delta[k] += hidden[h] * w[w2 + h * 4 + k];
      }
      delta[k] = StrictMath.exp(delta[k]);
      sum += delta[k];
    }
    for (int k = 0; k < 4; k++) {
      delta[k] = delta[k] / sum - (k == label ? 1 : 0);
      gradient[b2 + k] += delta[k];
    }
    for (int h = 0; h < 16; h++) {
      double back = 0;
      for (int k = 0; k < 4; k++) {
        gradient[w2 + h * 4 + k] += hidden[h] * delta[k];
        back += delta[k] * w[w2 + h * 4 + k];
      }
      back *= 1 - hidden[h] * hidden[h];
      gradient[b1 + h] += back;
      for (int i = 0; i < 64; i++) {
        gradient[i * 16 + h] += x[at + i] * back;
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsTheRunAndLeavesTheLastGoodCheckpoint() {
    RunConfiguration configuration =
        RunCase.configuration(
            data,
            TWO_LAYERS.replace("tanh", "relu"),
            "optimizer: {type: sgd, learningRate: 1.0e15}\n",
            "cluster.workers=2",
            "checkpoint.everySteps=1");
    Path path = runs.newDirectory();
    assertThatThrownBy(() -> RunCase.run(configuration, path, RunListener.NONE))
        .isInstanceOf(RunFailedException.class)
        .hasMessageMatching(
            "the run test failed: (the gradient of (hidden|output)\\.[Wb]|the loss) is not finite"
                + " at step \\d+, stream \\d+; lower optimizer\\.learningRate, or clip gradients;"
                + " the last good checkpoint is step-\\d+; --resume goes on from its checkpoint"
                + " step-\\d+");
    Manifest last =
        new Checkpoints(new FolderStore(path.resolve("checkpoints"))).latest().orElseThrow();
    assertThat(last.step()).isPositive();
    assertThat(weights(path)).doesNotContain(Float.NaN);
    assertThat(path.resolve("summary.json")).doesNotExist();
  }

  private static float[] weights(Path run) {
    Checkpoints checkpoints = new Checkpoints(new FolderStore(run.resolve("checkpoints")));
    Manifest manifest = checkpoints.latest().orElseThrow();
    float[] weights = new float[Math.toIntExact(manifest.layout().size())];
    checkpoints.read(
        manifest,
        0,
        manifest.layout().chunks().size(),
        (chunk, parameters, state) ->
            System.arraycopy(parameters, 0, weights, (int) chunk.offset(), chunk.length()));
    return weights;
  }
}
