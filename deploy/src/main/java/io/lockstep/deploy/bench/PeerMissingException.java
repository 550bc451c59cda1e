package io.lockstep.deploy.bench;

/** The peer cannot be had on this machine: its row has no ratio. */
final class PeerMissingException extends Exception {
  private static final long serialVersionUID = 1L;

  PeerMissingException(String message) {
    super(message);
  }
}
