package io.lockstep.driver.submit;

import java.util.Locale;

/** Where the driver of a submitted run lives. */
public enum DeployMode {
  /** In the process that submits. */
  CLIENT,
  /** On one of the cluster's machines. */
  CLUSTER;

  /** As spark-submit spells it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
