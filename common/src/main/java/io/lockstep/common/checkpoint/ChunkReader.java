package io.lockstep.common.checkpoint;

import io.lockstep.common.layout.Chunk;

/** Receives the chunks of a checkpoint, in order. */
@FunctionalInterface
public interface ChunkReader {
  /**
   * Takes the next chunk.
   *
   * @param parameters [length], the receiver's to keep
   * @param state the rule's arrays, each [length], the receiver's to keep
   */
  void read(Chunk chunk, float[] parameters, float[][] state);
}
