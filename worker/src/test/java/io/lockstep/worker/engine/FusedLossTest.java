package io.lockstep.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A softmax or sigmoid as the last activation is as good as logits. */
class FusedLossTest {
  private static final String SPARSE = "sparse-categorical-cross-entropy";
  private static final Map<String, Object> HIDDEN =
      Map.of("type", "dense", "units", 6, "activation", "tanh");
  private static final Map<String, Object> LOGITS = Map.of("type", "dense", "units", 3);

  @Test
  void aSoftmaxInTheLastLayerGivesTheBitsOfLogits() {
    assertSame(
        network(SPARSE, true, 3, HIDDEN, LOGITS),
        network(
            SPARSE,
            false,
            3,
            HIDDEN,
            Map.of("type", "dense", "units", 3, "activation", "softmax")));
  }

  @Test
  void aSoftmaxAsALayerOfItsOwnGivesTheBitsOfLogits() {
    assertSame(
        network(SPARSE, true, 3, HIDDEN, LOGITS),
        network(
            SPARSE,
            false,
            3,
            HIDDEN,
            LOGITS,
            Map.of("type", "activation", "activation", "softmax")));
  }

  @Test
  void aSigmoidInTheLastLayerGivesTheBitsOfLogits() {
    assertSame(
        network("binary-cross-entropy", true, 2, HIDDEN, Map.of("type", "dense", "units", 1)),
        network(
            "binary-cross-entropy",
            false,
            2,
            HIDDEN,
            Map.of("type", "dense", "units", 1, "activation", "sigmoid")));
  }

  @Test
  void aSoftmaxOfHugeNumbersStillTeaches() {
    Network network =
        network(
            SPARSE, false, 3, HIDDEN, Map.of("type", "dense", "units", 3, "activation", "softmax"));
    Run run = run(network, 5000);
    assertThat(run.sums.loss()).isFinite().isGreaterThan(100);
    assertThat(run.gradient).doesNotContain(Float.NaN);
    int bias = network.size() - 3;
    float largest = 0;
    for (int i = bias; i < network.size(); i++) {
      largest = Math.max(largest, Math.abs(run.gradient[i]));
    }
    assertThat(largest).isGreaterThan(0.4f);
  }

  private static void assertSame(Network logits, Network fused) {
    Run a = run(logits, 1);
    Run b = run(fused, 1);
    assertThat(b.sums.loss()).isEqualTo(a.sums.loss());
    assertThat(b.sums.weight()).isEqualTo(a.sums.weight());
    assertThat(b.sums.metrics()).isEqualTo(a.sums.metrics());
    assertThat(b.gradient).isEqualTo(a.gradient);
    assertThat(b.outputs).isEqualTo(a.outputs);
    for (float output : b.outputs) {
      assertThat(output).as("a probability").isBetween(0f, 1f);
    }
  }

  private static final class Run {
    final SliceSums sums;
    final float[] gradient;
    final float[] outputs;

    Run(SliceSums sums, float[] gradient, float[] outputs) {
      this.sums = sums;
      this.gradient = gradient;
      this.outputs = outputs;
    }
  }

  private static Run run(Network network, float scale) {
    float[] values = TestNetworks.parameters(network, 3);
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    SliceBatch batch = TestNetworks.slice(network, 5, 5, 4);
    float[] gradient = new float[network.size()];
    float[] outputs = new float[5 * network.outputSize()];
    try (Parameters parameters = network.allocate()) {
      parameters.set(0, values, 0, values.length);
      try (SliceEngine engine = network.engine(parameters, 5)) {
        SliceSums sums = engine.gradient(batch, 1, 0, 0, gradient);
        engine.predict(batch, outputs);
        return new Run(sums, gradient, outputs);
      }
    }
  }

  @SafeVarargs
  private static Network network(
      String loss, boolean fromLogits, int classes, Map<String, ?>... layers) {
    return Network.of(
        new ModelSection(List.of(4), TestNetworks.sections(layers)),
        Options.of("loss", Map.of("type", loss, "fromLogits", fromLogits)),
        new LabelsSection(classes, List.of()));
  }
}
