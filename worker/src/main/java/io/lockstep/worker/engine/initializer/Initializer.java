package io.lockstep.worker.engine.initializer;

import io.lockstep.common.random.RandomStream;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * First values of a tensor: a function of its random stream, its shape and an element's number, so
 * that any run of elements can be made anywhere. Immutable, shared by threads.
 */
public interface Initializer {
  /** The name in the configuration. */
  String name();

  /**
   * The first values of a tensor's elements, by their numbers.
   *
   * @param random the tensor's stream
   * @param shape of the tensor, row-major
   * @param fanIn inputs that one output of the layer sums over
   * @param fanOut outputs that one input of the layer reaches
   */
  IntToDoubleFunction values(RandomStream random, List<Integer> shape, int fanIn, int fanOut);

  /**
   * Refuses a tensor that it cannot make.
   *
   * @param shape of the tensor, row-major
   * @throws io.lockstep.common.config.ConfigurationException naming the place, the rule, the shape
   *     and the way out
   */
  default void check(List<Integer> shape) {}
}
