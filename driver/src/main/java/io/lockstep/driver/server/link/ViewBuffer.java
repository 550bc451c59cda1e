package io.lockstep.driver.server.link;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.optim.View;
import io.lockstep.driver.server.shard.ParameterShard;
import io.lockstep.driver.server.shard.ShardException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Room for one chunk of a view on its way to a worker: a session has one from its first view on.
 * For the thread that receives.
 */
final class ViewBuffer {
  private final ParameterShard shard;
  private final float[] values;
  private final ByteBuffer bytes;

  ViewBuffer(ParameterShard shard) {
    this.shard = shard;
    this.values = new float[shard.chunks().stream().mapToInt(Chunk::length).max().orElse(0)];
    this.bytes = Frame.buffer(values.length * Float.BYTES);
  }

  /**
   * The bytes of a chunk of a view, until the next call; null where the version has passed.
   *
   * @param index of the chunk within the shard
   */
  @Nullable ByteBuffer fill(int index, long version, View view) throws ShardException {
    if (!shard.view(index, version, view, values)) {
      return null;
    }
    int length = shard.chunks().get(index).length();
    bytes.clear().limit(length * Float.BYTES);
    bytes.asFloatBuffer().put(values, 0, length);
    return bytes;
  }
}
