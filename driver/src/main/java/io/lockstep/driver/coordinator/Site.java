package io.lockstep.driver.coordinator;

import io.lockstep.common.config.Placement;

/**
 * A place that hosts servers.
 *
 * @param placement what kind of place
 * @param number of the worker or of the server process; 0 for the driver
 */
public record Site(Placement placement, int number) {
  /** The driver. */
  public static final Site DRIVER = new Site(Placement.DRIVER, 0);

  /** Beside a worker. */
  public static Site worker(int worker) {
    return new Site(Placement.WORKERS, worker);
  }

  /** A server process. */
  public static Site process(int process) {
    return new Site(Placement.PROCESSES, process);
  }
}
