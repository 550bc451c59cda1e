package io.lockstep.worker.engine.initializer;

import io.lockstep.common.random.RandomStream;
import java.util.List;
import java.util.Optional;

/**
 * First values of a tensor. Every element is a function of the tensor's random stream and its own
 * number, so that any run of elements can be made anywhere; where elements hang together, all are
 * made at once by {@link #whole}, anywhere too. Immutable, shared by threads.
 */
public interface Initializer {
  /** The name in the configuration. */
  String name();

  /**
   * The first value of one element; not asked for where {@link #whole} makes all.
   *
   * @param random the tensor's stream
   * @param element its number in the tensor
   * @param fanIn inputs that one output of the layer sums over
   * @param fanOut outputs that one input of the layer reaches
   */
  double value(RandomStream random, long element, int fanIn, int fanOut);

  /**
   * The first values of all elements, where one element does not follow from its own number alone.
   *
   * @param random the tensor's stream
   * @param shape of the tensor, row-major
   * @return [size of the shape]; empty where {@link #value} makes each element
   */
  default Optional<double[]> whole(RandomStream random, List<Integer> shape) {
    return Optional.empty();
  }

  /**
   * Refuses a tensor that it cannot make.
   *
   * @param shape of the tensor, row-major
   * @throws io.lockstep.common.config.ConfigurationException naming the place, the rule, the shape
   *     and the way out
   */
  default void check(List<Integer> shape) {}
}
