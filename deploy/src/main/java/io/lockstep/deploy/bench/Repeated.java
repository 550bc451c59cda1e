package io.lockstep.deploy.bench;

import java.io.Closeable;
import java.io.IOException;

/**
 * A side that does one small thing many times: the warm-up finds how many times fill a round.
 *
 * <p>It measures units a second, or seconds a time.
 */
final class Repeated implements Side {
  /** Does the work some times. */
  @FunctionalInterface
  interface Work {
    /** Does it so many times, and returns the seconds that it took. */
    double seconds(int times) throws Exception;
  }

  private static final int CALIBRATIONS = 6;

  private final String name;
  private final double roundSeconds;
  private final Work work;
  private final double unitsEach;
  private final Closeable resources;
  private int times;

  private Repeated(
      String name, double roundSeconds, double unitsEach, Work work, Closeable resources) {
    this.name = name;
    this.roundSeconds = roundSeconds;
    this.unitsEach = unitsEach;
    this.work = work;
    this.resources = resources;
  }

  /**
   * Measures units a second.
   *
   * @param unitsEach units of work a time, such as samples a batch
   * @param resources closed with the side
   */
  static Side perSecond(
      String name, double roundSeconds, double unitsEach, Work work, Closeable resources) {
    return new Repeated(name, roundSeconds, unitsEach, work, resources);
  }

  /** Measures seconds a time. */
  static Side secondsEach(String name, double roundSeconds, Work work, Closeable resources) {
    return new Repeated(name, roundSeconds, 0, work, resources);
  }

  /** The time of something in this process. */
  static Work timed(Runnable once) {
    return times -> {
      long begin = System.nanoTime();
      for (int i = 0; i < times; i++) {
        once.run();
      }
      return (System.nanoTime() - begin) / 1e9;
    };
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double measure() throws Exception {
    if (times == 0) {
      calibrate();
    }
    double seconds = work.seconds(times);
    return unitsEach > 0 ? unitsEach * times / seconds : seconds / times;
  }

  private void calibrate() throws Exception {
    times = 1;
    for (int i = 0; i < CALIBRATIONS; i++) {
      double each = work.seconds(times) / times;
      times = (int) Math.max(1, Math.min(roundSeconds / each, 1e8));
    }
  }

  @Override
  public void close() throws IOException {
    resources.close();
  }
}
