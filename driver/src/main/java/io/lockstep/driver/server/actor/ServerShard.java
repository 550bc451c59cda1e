package io.lockstep.driver.server.actor;

import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.checkpoint.ShardWriter;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.driver.server.shard.ParameterShard;
import java.util.List;

/** A server's shard as a plan says: without values, with first ones, and on its way to a file. */
final class ServerShard {
  private ServerShard() {}

  /**
   * A shard without values.
   *
   * @param step the first that it will take
   */
  static ParameterShard empty(ServerPlan plan, List<Chunk> chunks, Schedule schedule, long step) {
    return new ParameterShard(
        plan.tree(), plan.layout(), chunks, plan.update(), schedule, plan.baseLearningRate(), step);
  }

  /** Gives all its chunks their first values. */
  static void initialize(ServerPlan plan, ParameterShard shard) {
    for (Chunk chunk : shard.chunks()) {
      float[] values = new float[chunk.length()];
      plan.firstValues().fill(chunk.tensor(), chunk.tensorOffset(), values, chunk.length());
      shard.initialize(chunk, values);
    }
  }

  /**
   * Writes its part of a checkpoint.
   *
   * @param step updates done
   * @param number the server's
   */
  static ShardEntry save(ServerPlan plan, ParameterShard shard, long step, int number) {
    int first = shard.firstChunk();
    int end = first + shard.chunks().size();
    try (ShardWriter writer =
        ShardWriter.create(
            plan.checkpoints().store(), plan.layout(), step, number, plan.servers(), first, end)) {
      shard.forEachChunk(writer::write);
      return writer.commit(shard.numbers());
    }
  }
}
