package io.lockstep.worker.engine;

/**
 * Computes slices: one thread's own buffers over parameters that it shares with others and only
 * reads. Everything is made once; a slice allocates nothing in proportion to the model or the
 * batch. The same parameters and slice give the same bits in every engine of the network made for
 * as many examples.
 */
public interface SliceEngine extends AutoCloseable {
  /**
   * The gradient of a slice, in training form.
   *
   * @param seed the run's seed; with step and stream it keys the random numbers of dropout
   * @param step the step
   * @param stream the stream of data
   * @param gradient [size of the parameters], overwritten: the sum over the slice's examples of
   *     weight times gradient, not the mean; in the place of running statistics the sums over the
   *     slice's examples that they follow, without weights
   */
  SliceSums gradient(SliceBatch batch, long seed, long step, int stream, float[] gradient);

  /** Loss and metrics of a slice, in inference form. */
  SliceSums evaluate(SliceBatch batch);

  /**
   * What the network says of each example, in inference form.
   *
   * @param outputs [examples, {@link Network#outputSize}] from element 0, written: probabilities
   *     where the loss takes logits, otherwise the network's outputs
   */
  void predict(SliceBatch batch, float[] outputs);

  @Override
  void close();
}
