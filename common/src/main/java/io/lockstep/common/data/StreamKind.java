package io.lockstep.common.data;

/** What a stream's examples are for. */
public enum StreamKind {
  /** The gradient. */
  TRAINING,
  /** The metrics, while training waits. */
  VALIDATION
}
