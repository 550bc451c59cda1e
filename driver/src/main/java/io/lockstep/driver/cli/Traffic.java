package io.lockstep.driver.cli;

import io.lockstep.common.tree.ReductionTree;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What a step moves between workers and servers, where each worker's partial sums go up once and
 * the new parameters come down once.
 *
 * @param workers among which the slices are dealt
 * @param partials sums that all workers send in a step, each as large as the model
 * @param modelBytes bytes of the parameters
 */
record Traffic(int workers, int partials, long modelBytes) {
  /** The traffic of a deal of the tree's slices. */
  static Traffic of(ReductionTree tree, int workers, long modelBytes) {
    int partials =
        IntStream.range(0, workers)
            .map(w -> tree.cover(tree.runStart(w, workers), tree.runStart(w + 1, workers)).size())
            .sum();
    return new Traffic(workers, partials, modelBytes);
  }

  /**
   * The traffic of the nearest number of workers each of which sends one sum; of two equally near
   * ones the smaller.
   */
  static Traffic nearestEven(ReductionTree tree, int workers, long modelBytes) {
    return IntStream.rangeClosed(1, tree.leaves())
        .boxed()
        .sorted(Comparator.comparingInt(w -> Math.abs(w - workers)))
        .map(w -> of(tree, w, modelBytes))
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
    return partials * modelBytes;
  }

  /** Bytes of parameters to all workers in a step. */
  long bytesDown() {
    return workers * modelBytes;
  }
}
