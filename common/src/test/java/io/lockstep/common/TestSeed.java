package io.lockstep.common;

import java.util.Random;

/**
 * Seeds of property tests: {@code -Dtests.seed=N} sets one, otherwise it is drawn; a failing
 * assertion carries it by {@code .as(seed.toString())}.
 *
 * @param value the seed
 */
public record TestSeed(long value) {
  /** The seed of this run of a test. */
  public static TestSeed draw() {
    String set = System.getProperty("tests.seed", "");
    TestSeed seed = new TestSeed(set.isEmpty() ? new Random().nextLong() : Long.parseLong(set));
    System.out.println(seed);
    return seed;
  }

  /** Random numbers from the seed. */
  public Random random() {
    return new Random(value);
  }

  /** How to run the test again: {@code -Dtests.seed=N}. */
  @Override
  public String toString() {
    return "-Dtests.seed=" + value;
  }
}
