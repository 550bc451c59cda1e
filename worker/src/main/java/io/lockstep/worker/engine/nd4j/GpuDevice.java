package io.lockstep.worker.engine.nd4j;

import org.nd4j.linalg.factory.Nd4j;

/**
 * A GPU by its number on the machine. ND4J keeps a device for each thread, and what a thread
 * allocates and computes goes there; the environment's list of devices cannot be changed once the
 * JVM runs.
 *
 * @param number as the backend counts, from 0
 */
public record GpuDevice(int number) {
  /** Makes it the calling thread's, before the thread allocates anything. */
  public void use() {
    Nd4j.getAffinityManager().unsafeSetDevice(number);
  }
}
