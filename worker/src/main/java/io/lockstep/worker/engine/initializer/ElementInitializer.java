package io.lockstep.worker.engine.initializer;

import io.lockstep.common.random.RandomStream;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** An initialiser whose elements have nothing to do with one another. */
interface ElementInitializer extends Initializer {
  /**
   * The first value of one element.
   *
   * @param random the tensor's stream
   * @param element its number in the tensor
   * @param fanIn inputs that one output of the layer sums over
   * @param fanOut outputs that one input of the layer reaches
   */
  double value(RandomStream random, long element, int fanIn, int fanOut);

  @Override
  default IntToDoubleFunction values(
      RandomStream random, List<Integer> shape, int fanIn, int fanOut) {
    return element -> value(random, element, fanIn, fanOut);
  }
}
