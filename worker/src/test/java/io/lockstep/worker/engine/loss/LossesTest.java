package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataException;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Sigmoid;
import io.lockstep.worker.engine.activation.Softmax;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final String SPARSE = "sparse-categorical-cross-entropy";
  private static final String BINARY = "binary-cross-entropy";

  @Test
  void crossEntropyOfHugeLogitsIsTheirDistance() {
    Loss loss = create(SPARSE, Map.of("fromLogits", true));
    eachKernel(
        kernel -> {
          Result right = run(loss, kernel, new double[] {1000, -1000}, new float[] {0}, 2);
          assertThat(right.sum).isZero();
          assertThat(right.gradient).containsExactly(0, 0);
          Result wrong = run(loss, kernel, new double[] {1000, -1000}, new float[] {1}, 2);
          assertThat(wrong.sum).isEqualTo(2000);
          assertThat(wrong.gradient).containsExactly(1, -1);
          Result even = run(loss, kernel, new double[] {-1000, -1000}, new float[] {1}, 2);
          assertThat(even.sum).isCloseTo(Math.log(2), within(1e-15));
          assertThat(even.gradient).containsExactly(0.5, -0.5);
        });
  }

  /** The row is worked on in blocks; its numbers are those of the formula one by one. */
  @Test
  void crossEntropyHasTheBitsOfItsFormula() {
    for (int classes : new int[] {2, 7, 8, 9, 63, 64, 65, 513}) {
      RandomStream random = RandomStream.of(classes, Purpose.GRADIENT_CHECK, 0, 0, 0);
      double[] z = new double[classes];
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        z[c] = (float) (20 * random.normal(c));
        largest = Math.max(largest, z[c]);
      }
      double sum = 0;
      for (double each : z) {
        sum += Elementary.exp(each - largest);
      }
      float[] slope = new float[classes];
      for (int c = 0; c < classes; c++) {
        slope[c] = (float) (Elementary.exp(z[c] - largest) / sum - (c == 1 ? 1 : 0));
      }
      double expected = Elementary.log(sum) - (z[1] - largest);
      eachKernel(
          kernel -> {
            Loss loss = create(SPARSE, Map.of("fromLogits", true));
            Result found = run(loss, kernel, z, new float[] {1}, classes);
            assertThat(found.sum).isEqualTo(expected);
            for (int c = 0; c < slope.length; c++) {
              assertThat((float) found.gradient[c]).isEqualTo(slope[c]);
            }
          });
    }
  }

  @Test
  void binaryCrossEntropyOfHugeLogitsIsLinear() {
    Loss loss = create(BINARY, Map.of("fromLogits", true));
    eachKernel(
        kernel -> {
          double[] z = {1000, -1000, 1000, -1000};
          Result result = run(loss, kernel, z, new float[] {1, 0, 0, 1}, 1);
          assertThat(result.sum).isEqualTo(2000);
          assertThat(result.gradient).containsExactly(0, 0, 1, -1);
        });
  }

  @Test
  void certainProbabilitiesKeepLossAndGradientFinite() {
    eachKernel(
        kernel -> {
          for (float label : new float[] {0, 1}) {
            double[] p = {label, 1 - label};
            Result binary = run(create(BINARY, Map.of()), kernel, p, new float[] {1, 1}, 2);
            assertThat(binary.sum).isEqualTo(50);
            Result classes = run(create(SPARSE, Map.of()), kernel, p, new float[] {label}, 2);
            assertThat(classes.sum).isCloseTo(-Math.log(1e-30), within(1e-9));
            assertThat(java.util.Arrays.stream(classes.gradient)).allMatch(Double::isFinite);
            assertThat(java.util.Arrays.stream(binary.gradient)).allMatch(Double::isFinite);
          }
        });
  }

  @Test
  void aSoftmaxBeforeTheLossIsFusedToTheSameLossAndGradient() {
    assertFused(create(SPARSE, Map.of("labelSmoothing", 0.1)), new Softmax(), new float[] {2, 0});
    assertFused(
        create("categorical-cross-entropy", Map.of("classWeights", List.of(1, 2, 3))),
        new Softmax(),
        new float[] {0, 0, 1, 1, 0, 0});
  }

  @Test
  void aSigmoidBeforeTheLossIsFusedToTheSameLossAndGradient() {
    assertFused(
        create(BINARY, Map.of("positiveWeight", List.of(1, 2, 3))),
        new Sigmoid(),
        new float[] {0, 1, 1, 1, 0, 0});
  }

  @Test
  void nothingElseIsFused() {
    assertThat(create(SPARSE, Map.of()).fused(new Sigmoid())).isEmpty();
    assertThat(create(SPARSE, Map.of("fromLogits", true)).fused(new Softmax())).isEmpty();
    assertThat(create(BINARY, Map.of()).fused(new Softmax())).isEmpty();
    assertThat(create(BINARY, Map.of("fromLogits", true)).fused(new Sigmoid())).isEmpty();
    assertThat(create("mse", Map.of()).fused(new Sigmoid())).isEmpty();
  }

  private static void assertFused(Loss loss, Activation last, float[] labels) {
    Optional<Loss> fused = loss.fused(last);
    assertThat(fused).isPresent();
    double[] z = {0.5, -1, 2, 0.1, 3, -0.7};
    Kernel kernel = TestKernels.float64();
    Buffer y = kernel.allocate(6);
    y.write(0, z, 6);
    last.forward(kernel, y, y, 2, 3);
    float[] ones = {1, 1};
    Buffer gradient = kernel.allocate(6);
    double sum = loss.gradient(kernel, y, labels, ones, 2, Shape.of(3), gradient);
    last.backward(kernel, y, y, gradient, gradient, 2, 3);
    Result alone = run(fused.get(), kernel, z, labels, 3);
    assertThat(alone.sum).isCloseTo(sum, within(1e-12));
    for (int i = 0; i < 6; i++) {
      assertThat(alone.gradient[i]).isCloseTo(gradient.get(i), within(1e-12));
    }
    Buffer shown = kernel.allocate(6);
    shown.write(0, z, 6);
    fused.get().present(kernel, shown, shown, 2, Shape.of(3));
    for (int i = 0; i < 6; i++) {
      assertThat(shown.get(i)).isCloseTo(y.get(i), within(1e-15));
    }
  }

  @Test
  void aClassOutOfRangeIsRefusedWithItsValue() {
    Loss loss = create(SPARSE, Map.of("fromLogits", true));
    for (float bad : new float[] {3, -1, 1.5f}) {
      assertThatThrownBy(() -> run(loss, new double[6], new float[] {1, bad}, 3))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "sparse-categorical-cross-entropy: a label must be a class from 0 to 2, got "
                  + bad
                  + " (example 1 of the slice)");
    }
  }

  @Test
  void aRowLabelOutsideOfItsRangeIsRefusedWithItsValue() {
    assertThatThrownBy(() -> run(create(BINARY, Map.of()), new double[2], new float[] {1, 2}, 1))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "binary-cross-entropy: a label must be 0, 1 or a number between, got 2.0 (example 1 of"
                + " the slice)");
    assertThatThrownBy(
            () ->
                run(
                    create("categorical-cross-entropy", Map.of()),
                    new double[2],
                    new float[] {-1, 2},
                    2))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "categorical-cross-entropy: a label must be a row of numbers from 0 to 1, got -1.0"
                + " (example 0 of the slice)");
  }

  @Test
  void settingsThatDoNotFitTheOutputsAreRefused() {
    assertThatThrownBy(
            () -> create(SPARSE, Map.of("classWeights", List.of(1, 2))).labelWidth(Shape.of(3)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("loss.classWeights must have a number for each of the 3 classes, got 2");
    assertThatThrownBy(() -> create(SPARSE, Map.of()).labelWidth(Shape.of(1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "loss sparse-categorical-cross-entropy must have an output for each of at least 2"
                + " classes, got 1; for one output that says yes or no take binary-cross-entropy");
    assertThatThrownBy(
            () -> create(BINARY, Map.of("positiveWeight", List.of(1, 2))).labelWidth(Shape.of(3)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "loss.positiveWeight must be one number, or one for each of the 3 outputs, got [1.0,"
                + " 2.0]");
    assertThatThrownBy(() -> create(BINARY, Map.of("positiveWeight", "much")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "loss.positiveWeight must be a number > 0, or a list of such numbers, got 'much'"
                + " (program)");
  }

  @Test
  void aMisspelledNameIsRefusedWithTheNearest() {
    assertThatThrownBy(() -> create("sparse-categorical-crossentropy", Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("did you mean 'sparse-categorical-cross-entropy'?");
  }

  private static Loss create(String type, Map<String, ?> settings) {
    Map<String, Object> section = new java.util.TreeMap<>(settings);
    section.put("type", type);
    return Losses.REGISTRY.create(Options.of("loss", section));
  }

  private interface Check {
    void run(Kernel kernel);
  }

  private static void eachKernel(Check check) {
    TestKernels.all().values().forEach(check::run);
  }

  private static final class Result {
    final double sum;
    final double[] gradient;

    Result(double sum, double[] gradient) {
      this.sum = sum;
      this.gradient = gradient;
    }
  }

  private static Result run(Loss loss, double[] predictions, float[] labels, int outputs) {
    return run(loss, TestKernels.float64(), predictions, labels, outputs);
  }

  private static Result run(
      Loss loss, Kernel kernel, double[] predictions, float[] labels, int outputs) {
    int examples = predictions.length / outputs;
    float[] weights = new float[examples];
    java.util.Arrays.fill(weights, 1);
    Buffer p = kernel.allocate(predictions.length);
    p.write(0, predictions, predictions.length);
    Buffer gradient = kernel.allocate(predictions.length);
    double sum = loss.gradient(kernel, p, labels, weights, examples, Shape.of(outputs), gradient);
    double[] values = new double[predictions.length];
    gradient.read(0, values, values.length);
    return new Result(sum, values);
  }
}
