package io.lockstep.worker.engine.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * Deals pieces of memory out and takes them back, so that what is not needed at the same time
 * shares memory. It only plans: a slot's length is known when all is dealt.
 */
final class Slots {
  private final List<Integer> lengths = new ArrayList<>();
  private final List<Integer> free = new ArrayList<>();

  /** A slot for so many numbers: the free one that has to grow least, or else a new one. */
  int take(int length) {
    int best = -1;
    for (int slot : free) {
      if (best < 0 || growth(slot, length) < growth(best, length)) {
        best = slot;
      }
    }
    if (best < 0) {
      lengths.add(length);
      return lengths.size() - 1;
    }
    free.remove(Integer.valueOf(best));
    lengths.set(best, Math.max(lengths.get(best), length));
    return best;
  }

  /** Gives a slot back. */
  void release(int slot) {
    free.add(slot);
  }

  /** The lengths of all slots. */
  List<Integer> lengths() {
    return List.copyOf(lengths);
  }

  private int growth(int slot, int length) {
    return Math.abs(length - lengths.get(slot));
  }
}
