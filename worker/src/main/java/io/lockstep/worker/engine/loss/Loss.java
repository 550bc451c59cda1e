package io.lockstep.worker.engine.loss;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Task;
import java.util.Optional;

/**
 * What training makes small: a number for each example, summed over a slice with the examples'
 * weights. The division by the sum of weights happens once a step, at the root of the tree over the
 * slices, never here. An example of weight 0 is left out, whatever its numbers. Immutable, shared
 * by threads; holds no memory.
 */
public interface Loss {
  /** The name in the configuration. */
  String name();

  /**
   * Numbers of label that an example has: one for each position where labels are class indices, as
   * many as the output where they are probabilities or values; 0 where the loss takes none.
   *
   * @param output shape of what the network puts out for an example
   * @throws io.lockstep.common.config.ConfigurationException where the loss cannot be taken of so
   *     many outputs
   */
  int labelWidth(Shape output);

  /**
   * Writes labels that the loss takes, for whoever computes it without data: rows with 1 at one of
   * the channels where labels are as many as outputs, else 0 and 1 by turns.
   *
   * @param example its number; neighbours have other labels
   * @param labels receives them in {@code [at, at + labelWidth(output))}
   */
  default void sample(Shape output, int example, float[] labels, int at) {
    int width = labelWidth(output);
    int channels = output.channels();
    boolean rows = width == output.size() && channels > 1;
    for (int i = 0; i < width; i++) {
      boolean one =
          rows ? i % channels == (example + i / channels) % channels : (example + i) % 2 == 1;
      labels[at + i] = one ? 1 : 0;
    }
  }

  /**
   * How many losses an example's is the sum of: the positions of its output where it is summed over
   * them, else 1.
   */
  default int summands(Shape output) {
    return 1;
  }

  /**
   * What the step's sum of losses is divided by: the sum of the examples' weights, each times the
   * weight of its class where classes have weights.
   *
   * @param labels [examples, labelWidth(output)] from element 0; not modified
   * @param weights [examples] from element 0; not modified
   */
  default double weight(float[] labels, float[] weights, int examples, Shape output) {
    double sum = 0;
    for (int e = 0; e < examples; e++) {
      sum += weights[e];
    }
    return sum;
  }

  /**
   * The sum over examples of weight times loss.
   *
   * @param predictions [examples, output], what the network puts out; not modified
   * @param labels [examples, labelWidth(output)] from element 0; not modified
   * @param weights [examples] from element 0; not modified
   * @throws io.lockstep.common.data.DataException where a label is none that the loss knows, naming
   *     it
   */
  double sum(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output);

  /**
   * The same sum, and its gradient with respect to the predictions.
   *
   * @param predictions [examples, output]; not modified
   * @param labels [examples, labelWidth(output)] from element 0; not modified
   * @param weights [examples] from element 0; not modified
   * @param gradient [examples, output], written: d sum / d predictions; another buffer than
   *     predictions
   */
  double gradient(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      Buffer gradient);

  /**
   * What a user sees of the network's outputs: probabilities where the loss takes logits, otherwise
   * the outputs as they are.
   *
   * @param predictions [examples, output]; not modified
   * @param result [examples, output], written; may be the same buffer
   */
  void present(Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output);

  /**
   * The same loss of what goes into the network's last activation, where that has a form of its
   * own: cross-entropy of a softmax's or a sigmoid's output is that of its input as logits, without
   * what rounding and overflow take away. A network whose last activation is fused leaves it out of
   * training and of evaluation; {@link #present} of the fused loss puts it back.
   *
   * @param last the last layer's activation
   */
  default Optional<Loss> fused(Activation last) {
    return Optional.empty();
  }

  /**
   * How predictions and labels are to be read by the metrics that judge a network; by default they
   * cannot be, and only the loss is measured.
   */
  default Task task() {
    return new Task.Unknown();
  }

  /**
   * A number that changes where the loss's slope jumps: two sets of predictions with the same
   * number lie on the same smooth piece of it. A check by differences leaves out steps from one
   * piece to another. 0 for a loss that is smooth everywhere.
   *
   * @param predictions [examples, output]; not modified
   * @param labels [examples, labelWidth(output)] from element 0; not modified
   */
  default long piece(Buffer predictions, float[] labels, int examples, Shape output) {
    return 0;
  }
}
