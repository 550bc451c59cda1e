package io.lockstep.driver.server.actor;

import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.driver.server.shard.ParameterShard;
import java.util.ArrayList;
import java.util.List;

/**
 * The checkpoint of step 0 of a run whose first values come from files, which servers elsewhere
 * cannot read: written before the servers start, who load it as they load any other.
 */
public final class FirstCheckpoint {
  private FirstCheckpoint() {}

  /**
   * Writes it, one server's shard in memory at a time.
   *
   * @param plan with the first values; {@linkplain ServerPlan#begun begun}
   * @param manifest what every checkpoint of the run says, but for its files; of step 0
   * @throws io.lockstep.common.checkpoint.CheckpointException where it cannot be written
   */
  public static void write(ServerPlan plan, Manifest manifest) {
    List<List<Chunk>> shards = plan.layout().shards(plan.servers());
    List<ShardEntry> entries = new ArrayList<>();
    for (int s = 0; s < shards.size() && !shards.get(s).isEmpty(); s++) {
      ParameterShard shard = ServerShard.empty(plan, shards.get(s), plan.schedule(), 0);
      ServerShard.initialize(plan, shard);
      entries.add(ServerShard.save(plan, shard, 0, s));
    }
    plan.checkpoints().publish(manifest.with(0, 0, entries));
  }
}
