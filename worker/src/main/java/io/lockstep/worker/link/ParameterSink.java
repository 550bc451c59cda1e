package io.lockstep.worker.link;

import java.nio.ByteBuffer;

/** Where received parameters go: the memory that the engine reads. */
@FunctionalInterface
public interface ParameterSink {
  /**
   * Takes a run of parameters. Runs that do not overlap arrive side by side, from several threads;
   * all of them arrive before {@link WorkerLink#await} returns.
   *
   * @param offset the first element within the flat vector
   * @param values little-endian float32 from position to limit, a direct buffer; may be consumed,
   *     not kept
   */
  void parameters(long offset, ByteBuffer values);
}
