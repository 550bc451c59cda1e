package io.lockstep.worker.engine.loss;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A loss of each example by itself, written once on plain arrays of double: the way to write one's
 * own. Whoever implements it says how many numbers of label an example has and computes loss and
 * gradient of one example; weights, slices and float32 are dealt with here. The loss sums double
 * rows, so it is meant for outputs of up to some thousands of numbers an example.
 *
 * <p>An implementation is immutable and shared by threads. The arrays that it is given are its own
 * only during the call.
 */
public interface ExampleLoss extends Loss {
  /**
   * The loss of one example and its gradient, neither of them weighted.
   *
   * @param output the shape of the predictions
   * @param predictions [output.positions(), output.channels()], row-major; not to be modified
   * @param labels [labelWidth(output)]; not to be modified
   * @param gradient [output.size()], every element of which is to be written: d loss / d
   *     predictions
   */
  double loss(Shape output, double[] predictions, double[] labels, double[] gradient);

  /**
   * Refuses labels that the loss does not know; called before {@link #loss(Shape, double[],
   * double[], double[])}.
   *
   * @param labels holds the example's in {@code [from, from + labelWidth(output))}; not modified
   * @param example its number in the slice, for the error
   * @throws io.lockstep.common.data.DataException naming loss, rule, label and example
   */
  default void check(Shape output, float[] labels, int from, int example) {
    for (int i = from; i < from + labelWidth(output); i++) {
      if (!Float.isFinite(labels[i])) {
        throw LabelCheck.refuse(name(), "a finite number", labels[i], example);
      }
    }
  }

  /**
   * What an example counts in the divisor of the step, beside its weight: 1; where the loss is a
   * sum over positions with a label, their number.
   *
   * @param labels holds the example's in {@code [from, from + labelWidth(output))}; not modified
   */
  default double count(Shape output, float[] labels, int from) {
    return 1;
  }

  /**
   * The smooth piece of the loss on which an example lies, as {@link Loss#piece}; 0 for a loss that
   * is smooth everywhere.
   *
   * @param predictions [output.size()]; not modified
   * @param labels [labelWidth(output)]; not modified
   */
  default long piece(Shape output, double[] predictions, double[] labels) {
    return 0;
  }

  @Override
  default double weight(float[] labels, float[] weights, int examples, Shape output) {
    int width = labelWidth(output);
    double sum = 0;
    for (int e = 0; e < examples; e++) {
      sum += weights[e] == 0 ? 0 : weights[e] * count(output, labels, e * width);
    }
    return sum;
  }

  @Override
  default double sum(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output) {
    return run(predictions, labels, weights, examples, output, null);
  }

  @Override
  default double gradient(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      Buffer gradient) {
    return run(predictions, labels, weights, examples, output, gradient);
  }

  private double run(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      @Nullable Buffer gradient) {
    int size = output.size();
    int width = labelWidth(output);
    double[] p = new double[size];
    double[] y = new double[width];
    double[] slope = new double[size];
    double total = 0;
    for (int e = 0; e < examples; e++) {
      double weight = weights[e];
      if (weight == 0) {
        java.util.Arrays.fill(slope, 0);
      } else {
        check(output, labels, e * width, e);
        predictions.read(e * size, p, size);
        row(labels, e * width, y);
        total += weight * loss(output, p, y, slope);
        for (int i = 0; i < size; i++) {
          slope[i] *= weight;
        }
      }
      if (gradient != null) {
        gradient.write(e * size, slope, size);
      }
    }
    return total;
  }

  @Override
  default void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (predictions != result) {
      kernel.copy(predictions, result, examples * output.size());
    }
  }

  @Override
  default long piece(Buffer predictions, float[] labels, int examples, Shape output) {
    int width = labelWidth(output);
    double[] p = new double[output.size()];
    double[] y = new double[width];
    long hash = 0;
    for (int e = 0; e < examples; e++) {
      predictions.read(e * p.length, p, p.length);
      row(labels, e * width, y);
      hash = 31 * hash + piece(output, p, y);
    }
    return hash;
  }

  private static void row(float[] labels, int from, double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = labels[from + i];
    }
  }
}
