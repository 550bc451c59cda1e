package io.lockstep.worker.engine.initializer;

import io.lockstep.common.random.RandomStream;

/**
 * How running statistics [2, channels] begin: means 0, variances 1. A configuration cannot name it.
 */
public record FirstStatistics(int channels) implements ElementInitializer {
  @Override
  public String name() {
    return "statistics";
  }

  @Override
  public double value(RandomStream random, long element, int fanIn, int fanOut) {
    return element < channels ? 0 : 1;
  }
}
