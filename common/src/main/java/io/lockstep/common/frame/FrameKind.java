package io.lockstep.common.frame;

/** What a frame says; the table is in the package's documentation. The codes are on the wire. */
public enum FrameKind {
  /** A worker introduces itself. */
  HELLO(1),
  /** The server lets it in and says where it stands. */
  WELCOME(2),
  /** The server says no, and why; the connection ends. */
  REFUSED(3),
  /** The worker asks for all chunks of a version. */
  PULL(4),
  /** A chunk of a version. */
  PARAMETERS(5),
  /** The scalars of a node, or that it is absent. */
  SUMS(6),
  /** A node's gradient for one chunk. */
  GRADIENT(7),
  /** What the schedule has learned from the validation before a step. */
  SCHEDULE(8),
  /** The server has gone beyond the version whose view the worker asked for. */
  GONE(9);

  private static final FrameKind[] KINDS = values();

  private final byte code;

  FrameKind(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static FrameKind of(byte code) throws FrameException {
    for (FrameKind kind : KINDS) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new FrameException("frame kind must be 1.." + KINDS.length + ", got " + code);
  }
}
