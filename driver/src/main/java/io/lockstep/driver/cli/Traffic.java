package io.lockstep.driver.cli;

import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.tree.ReductionTree;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What a step moves between workers and servers, where each worker's partial sums go up once and
 * the new parameters come down once.
 *
 * @param workers among which the slices are dealt
 * @param partials sums that all workers send in a step, each with as many elements as the model
 * @param elements of the model
 * @param gradients the form in which partial sums travel
 */
record Traffic(int workers, int partials, long elements, GradientForm gradients) {
  /** The traffic of a deal of the tree's slices. */
  static Traffic of(ReductionTree tree, int workers, long elements, GradientForm gradients) {
    int partials =
        IntStream.range(0, workers)
            .map(w -> tree.cover(tree.runStart(w, workers), tree.runStart(w + 1, workers)).size())
            .sum();
    return new Traffic(workers, partials, elements, gradients);
  }

  /**
   * The traffic of the nearest number of workers each of which sends one sum; of two equally near
   * ones the smaller.
   */
  Traffic nearestEven(ReductionTree tree) {
    return IntStream.rangeClosed(1, tree.leaves())
        .boxed()
        .sorted(Comparator.comparingInt(w -> Math.abs(w - workers)))
        .map(w -> of(tree, w, elements, gradients))
        .filter(Traffic::isEven)
        .findFirst()
        .orElseThrow();
  }

  /** Whether each worker sends one sum. */
  boolean isEven() {
    return partials == workers;
  }

  /** Bytes of gradients from all workers in a step. */
  long bytesUp() {
    return partials * elements * gradients.bytes();
  }

  /** Bytes of parameters to all workers in a step. */
  long bytesDown() {
    return workers * elements * Float.BYTES;
  }
}
