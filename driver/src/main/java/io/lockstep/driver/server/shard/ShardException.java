package io.lockstep.driver.server.shard;

/** A worker asked for, or sent, what cannot be in this run. Its connection is closed. */
public final class ShardException extends Exception {
  ShardException(String message) {
    super(message);
  }
}
