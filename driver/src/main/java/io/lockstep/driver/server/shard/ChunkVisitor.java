package io.lockstep.driver.server.shard;

import io.lockstep.common.layout.Chunk;

/** Looks at a chunk with its state, as a checkpoint does. */
@FunctionalInterface
public interface ChunkVisitor {
  /**
   * One chunk.
   *
   * @param parameters [length]; not to be modified nor kept
   * @param state the rule's arrays; not to be modified nor kept
   */
  void visit(Chunk chunk, float[] parameters, float[][] state);
}
