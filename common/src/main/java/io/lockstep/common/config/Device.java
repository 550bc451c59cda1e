package io.lockstep.common.config;

import java.util.Locale;

/** What computes gradients. */
public enum Device {
  /** The cores of the machine. */
  CPU,
  /** One GPU a worker, the one that Spark gives its task. */
  GPU;

  /** As a configuration spells it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Device of(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT));
  }
}
