package io.lockstep.worker.engine.loss;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Task;
import org.jspecify.annotations.Nullable;

/**
 * A loss of each output by itself; an example's loss is the mean over its outputs, so that the mean
 * over examples of equal weight is the mean over all elements. The shortest way to write one's own:
 * a name, the loss of one number and its slope.
 *
 * <pre>{@code
 * public record Cubed() implements ElementLoss {
 *   public String name() { return "cubed"; }
 *   public double loss(double prediction, double label, int output) {
 *     double d = Math.abs(prediction - label);
 *     return d * d * d;
 *   }
 *   public double slope(double prediction, double label, int output) {
 *     double d = prediction - label;
 *     return 3 * d * Math.abs(d);
 *   }
 * }
 * }</pre>
 *
 * <p>An implementation is immutable and shared by threads.
 */
public interface ElementLoss extends Loss {
  /**
   * The loss of one output.
   *
   * @param output its number in the example
   */
  double loss(double prediction, double label, int output);

  /** d loss / d prediction. */
  double slope(double prediction, double label, int output);

  /** The smooth piece of the loss that the prediction lies on; see {@link Loss#piece}. */
  default int piece(double prediction, double label) {
    return 0;
  }

  /**
   * Refuses a label that the loss does not know.
   *
   * @param example its number in the slice, for the error
   */
  default void check(float label, int example) {
    if (!Float.isFinite(label)) {
      throw LabelCheck.refuse(name(), "a finite number", label, example);
    }
  }

  @Override
  default Task task() {
    return new Task.Values();
  }

  /** How many outputs side by side are compared with one label. */
  default int outputsForLabel() {
    return 1;
  }

  @Override
  default int labelWidth(Shape output) {
    return output.size();
  }

  @Override
  default double sum(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output) {
    return run(predictions, labels, weights, examples, output.size(), null);
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
    return run(predictions, labels, weights, examples, output.size(), gradient);
  }

  private double run(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      int outputs,
      @Nullable Buffer gradient) {
    double total = 0;
    for (int e = 0; e < examples; e++) {
      double weight = weights[e];
      double scale = weight / outputs;
      double sum = 0;
      for (int o = 0; o < outputs; o++) {
        int i = e * outputs + o;
        float label = labels[i / outputsForLabel()];
        check(label, e);
        if (weight != 0) {
          sum += loss(predictions.get(i), label, o);
        }
        if (gradient != null) {
          gradient.set(i, weight == 0 ? 0 : scale * slope(predictions.get(i), label, o));
        }
      }
      total += scale * sum;
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
    long hash = 0;
    for (int i = 0; i < examples * output.size(); i++) {
      hash = 31 * hash + piece(predictions.get(i), labels[i / outputsForLabel()]);
    }
    return hash;
  }
}
