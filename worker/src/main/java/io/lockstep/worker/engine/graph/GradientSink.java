package io.lockstep.worker.engine.graph;

import io.lockstep.worker.engine.kernel.Buffer;

/** Takes the gradients of the tensors as a backward pass makes them, last layers first. */
@FunctionalInterface
public interface GradientSink {
  /**
   * Takes one tensor's gradient.
   *
   * @param offset the tensor's first element in the flat vector
   * @param gradient as long as the tensor; valid during the call only
   */
  void take(int offset, Buffer gradient);
}
