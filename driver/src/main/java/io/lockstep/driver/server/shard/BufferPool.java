package io.lockstep.driver.server.shard;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Arrays that are used again, those of each length for themselves: the chunks of a shard have few
 * lengths, and a tensor that is kept whole is far longer than the others. Safe for several threads.
 */
final class BufferPool {
  private final Map<Integer, ArrayDeque<float[]>> free = new HashMap<>();

  float[] take(int length) {
    synchronized (this) {
      ArrayDeque<float[]> ofLength = free.get(length);
      if (ofLength != null && !ofLength.isEmpty()) {
        return ofLength.pop();
      }
    }
    return new float[length];
  }

  synchronized void give(float[] buffer) {
    free.computeIfAbsent(buffer.length, length -> new ArrayDeque<>()).push(buffer);
  }
}
