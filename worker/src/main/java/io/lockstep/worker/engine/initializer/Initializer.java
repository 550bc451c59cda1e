package io.lockstep.worker.engine.initializer;

import io.lockstep.common.random.RandomStream;

/**
 * First values of a tensor. Every element is a function of the tensor's random stream and its own
 * number, so that any run of elements can be made anywhere. Immutable, shared by threads.
 */
public interface Initializer {
  /** The name in the configuration. */
  String name();

  /**
   * The first value of one element.
   *
   * @param random the tensor's stream
   * @param element its number in the tensor
   * @param fanIn inputs that one output of the layer sums over
   * @param fanOut outputs that one input of the layer reaches
   */
  double value(RandomStream random, long element, int fanIn, int fanOut);
}
