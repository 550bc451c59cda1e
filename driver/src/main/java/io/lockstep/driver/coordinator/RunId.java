package io.lockstep.driver.coordinator;

import io.lockstep.common.frame.Frame;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The public name of a run's start or resumption: its name and eight digits of its token's digest,
 * from which nobody finds the token. All processes of a run know it without being told.
 */
public final class RunId {
  /**
   * The system property that has the process's present run; a logging configuration shows it by
   * {@code $${sys:lockstep.run:-}}.
   */
  public static final String PROPERTY = "lockstep.run";

  private static final int BYTES = 4;

  private RunId() {}

  /** The id, such as {@code mnist-mlp-1f2e3d4c}. */
  public static String of(String name, String runToken) {
    byte[] digest = Arrays.copyOf(Frame.tokenDigest(runToken), BYTES);
    return name + "-" + HexFormat.of().formatHex(digest);
  }

  /** From now on this process's log lines are those of the run. */
  public static String enter(String name, String runToken) {
    String id = of(name, runToken);
    System.setProperty(PROPERTY, id);
    return id;
  }
}
