package io.lockstep.common.config;

import java.util.Locale;

/** Where servers live. */
public enum Placement {
  /** In the driver. */
  DRIVER,
  /** Beside the workers: server s in the executor of worker s modulo the number of workers. */
  WORKERS,
  /** In processes of their own: server s in process s modulo the number of processes. */
  PROCESSES;

  /** The name in the configuration. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Placement of(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }
}
