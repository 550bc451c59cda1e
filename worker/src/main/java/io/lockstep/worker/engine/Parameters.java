package io.lockstep.worker.engine;

import java.nio.ByteBuffer;

/**
 * The parameters of a network as one flat vector of float32 in native memory, shared by the engines
 * of a worker. Written between two steps only: readers see what was written before they were told
 * to go on.
 */
public interface Parameters extends AutoCloseable {
  /** Number of elements. */
  long size();

  /**
   * Sets a run of elements.
   *
   * @param offset the first of them
   * @param source holds them from {@code from} on; not modified
   */
  void set(long offset, float[] source, int from, int length);

  /**
   * Sets a run of elements.
   *
   * @param offset the first of them
   * @param littleEndianFloats their bytes from position to limit, a multiple of four; the position
   *     moves to the limit
   */
  void set(long offset, ByteBuffer littleEndianFloats);

  /**
   * Reads a run of elements.
   *
   * @param offset the first of them
   * @param target receives them from {@code from} on
   */
  void get(long offset, float[] target, int from, int length);

  @Override
  void close();
}
