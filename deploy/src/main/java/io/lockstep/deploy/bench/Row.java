package io.lockstep.deploy.bench;

import org.jspecify.annotations.Nullable;

/**
 * A row of the table before it is measured.
 *
 * @param name as in {@code --only}
 * @param unit of both sides
 * @param goal the ratio to reach, such as {@code >= 0.9}; empty where there is none
 * @param mostRounds where a measurement takes long
 * @param ours Lockstep
 * @param peer what it is compared with; null where the unit already is a ratio
 */
record Row(
    String name, String unit, String goal, int mostRounds, Opening ours, @Nullable Opening peer) {

  /** A row of short measurements. */
  Row(String name, String unit, String goal, Opening ours, @Nullable Opening peer) {
    this(name, unit, goal, Integer.MAX_VALUE, ours, peer);
  }

  /** Makes a side ready. */
  @FunctionalInterface
  interface Opening {
    Side open() throws Exception;
  }
}
