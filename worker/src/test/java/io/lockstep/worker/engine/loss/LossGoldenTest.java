package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Values and gradients as another implementation computed them, on every kernel. The cases are
 * means over examples, so sums are divided here: by the sum of weights, as a step does; where a
 * case has a weight for each element, by the number of elements, as its source says, each element
 * then being an example of its own.
 */
class LossGoldenTest {
  private static final Key<Boolean> LENGTH_FIRST = Key.flag("lengthFirst", false, "");

  @TestFactory
  Stream<DynamicTest> everyCaseIsMet() {
    return GoldenCases.tests("losses", this::check);
  }

  private void check(GoldenCase golden) {
    golden.allowOnly(
        "loss",
        "shape",
        "labels",
        "predictions",
        "value",
        "gradient",
        "weights",
        "sequenceLabels",
        "inputLengths");
    Options section = golden.options("loss");
    Loss loss =
        Losses.REGISTRY.create(
            golden.has("inputLengths") ? section.with(LENGTH_FIRST, true) : section);
    TestKernels.all().forEach((name, kernel) -> check(golden, loss, name, kernel));
  }

  private void check(GoldenCase golden, Loss loss, String name, Kernel kernel) {
    double[] predictions = golden.numbers("predictions");
    boolean elements = golden.has("weights");
    int examples = elements ? predictions.length : (int) golden.numbers("shape")[0];
    Shape output = elements ? Shape.of(1) : output(golden.numbers("shape"));
    float[] labels = labels(golden, loss.labelWidth(output));
    assertThat(labels).hasSize(examples * loss.labelWidth(output));
    float[] weights = new float[examples];
    Arrays.fill(weights, 1);
    if (elements) {
      weights = floats(golden.numbers("weights"));
    }
    Buffer p = kernel.allocate(predictions.length);
    p.write(0, predictions, predictions.length);
    Buffer gradient = kernel.allocate(predictions.length);

    double divisor = elements ? examples : loss.weight(labels, weights, examples, output);
    double sum = loss.gradient(kernel, p, labels, weights, examples, output, gradient);
    golden.assertClose("value in " + name, new double[] {sum / divisor}, golden.numbers("value"));
    assertThat(loss.sum(kernel, p, labels, weights, examples, output)).isEqualTo(sum);
    double[] mean = new double[predictions.length];
    gradient.read(0, mean, mean.length);
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= divisor;
    }
    golden.assertClose("gradient in " + name, mean, golden.numbers("gradient"));
  }

  /** [examples, features] or [examples, length, width]. */
  private static Shape output(double[] shape) {
    return shape.length == 2
        ? Shape.of((int) shape[1])
        : Shape.sequence((int) shape[1], (int) shape[2]);
  }

  /** Sequences of labels become rows of one width: the input's length, the labels, -1 behind. */
  private static float[] labels(GoldenCase golden, int width) {
    if (!golden.has("sequenceLabels")) {
      return golden.has("labels") ? floats(golden.numbers("labels")) : new float[0];
    }
    double[] lengths = golden.numbers("inputLengths");
    float[] rows = new float[lengths.length * width];
    Arrays.fill(rows, -1);
    for (int e = 0; e < lengths.length; e++) {
      rows[e * width] = (float) lengths[e];
      float[] labels = floats(GoldenCase.numbers(golden.field("sequenceLabels").get(e)));
      System.arraycopy(labels, 0, rows, e * width + 1, labels.length);
    }
    return rows;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
