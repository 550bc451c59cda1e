package io.lockstep.worker.engine.loss;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;

/**
 * What training makes small: a number for each example, summed over a slice with the examples'
 * weights. The division by the sum of weights happens once a step, at the root of the tree over the
 * slices, never here. Immutable, shared by threads; holds no memory.
 */
public interface Loss {
  /** The name in the configuration. */
  String name();

  /**
   * Numbers of label that an example has: 1 for a class index, {@code outputs} for a row of
   * probabilities or of values.
   *
   * @param outputs numbers that the network puts out for an example
   * @throws io.lockstep.common.config.ConfigurationException where the loss cannot be taken of so
   *     many outputs
   */
  int labelWidth(int outputs);

  /**
   * The sum over examples of weight times loss.
   *
   * @param predictions [examples, outputs], what the network puts out; not modified
   * @param labels [examples, labelWidth(outputs)] from element 0; not modified
   * @param weights [examples] from element 0; not modified
   */
  double sum(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      int outputs);

  /**
   * The same sum, and its gradient with respect to the predictions.
   *
   * @param predictions [examples, outputs]; not modified
   * @param labels [examples, labelWidth(outputs)] from element 0; not modified
   * @param weights [examples] from element 0; not modified
   * @param gradient [examples, outputs], written: d sum / d predictions; another buffer than
   *     predictions
   */
  double gradient(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      int outputs,
      Buffer gradient);

  /**
   * What a user sees of the network's outputs: probabilities where the loss takes logits, otherwise
   * the outputs as they are.
   *
   * @param predictions [examples, outputs]; not modified
   * @param result [examples, outputs], written; may be the same buffer
   */
  void present(Kernel kernel, Buffer predictions, Buffer result, int examples, int outputs);
}
