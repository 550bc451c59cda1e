package io.lockstep.worker.engine.layer;

/**
 * A layer at work on the buffers of one {@link Site}. Belongs to one thread; allocates nothing a
 * slice.
 */
public interface Operation {
  /** Computes the output from the inputs and parameters. */
  void forward(Pass pass);

  /**
   * Computes, from the gradient of the output, the gradients of the parameters and of the inputs
   * that want one: overwritten, sums over the examples. Running statistics get what {@link
   * ParameterSpec#statistics} says in the place of a gradient. Comes after {@link #forward} of the
   * same pass; may overwrite the gradient of the output.
   */
  void backward(Pass pass);
}
