package io.lockstep.driver.server.shard;

import java.util.ArrayList;
import java.util.List;

/** Arrays of one length that are used again. Safe for several threads. */
final class BufferPool {
  private final int length;
  private final List<float[]> free = new ArrayList<>();

  BufferPool(int length) {
    this.length = length;
  }

  float[] take() {
    synchronized (this) {
      if (!free.isEmpty()) {
        return free.remove(free.size() - 1);
      }
    }
    return new float[length];
  }

  synchronized void give(float[] buffer) {
    free.add(buffer);
  }
}
