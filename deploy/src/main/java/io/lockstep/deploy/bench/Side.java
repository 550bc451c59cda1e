package io.lockstep.deploy.bench;

import java.io.IOException;

/** One of the two things that a row compares. Opened once, measured several times, closed. */
interface Side extends AutoCloseable {
  /** What it is, such as {@code PyTorch 2.13.0}. */
  String name();

  /** One measurement, in the row's unit. The first is the warm-up's and does not count. */
  double measure() throws Exception;

  @Override
  default void close() throws IOException {}
}
