package io.lockstep.common.optim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The reduced sums of an update's rounds so far, as a clip or a rule reads them: its own rounds
 * count from 0. One instance a shard, reused for every update; {@link UpdatePlan#newTotals} makes
 * it. It is written between rounds and read by the chunks' loops, so whoever runs those on several
 * threads must publish it.
 */
public final class Totals {
  private final double[][][] tensors;
  private final double[][] all;
  private final int firstRound;
  private final @Nullable Totals ofRule;

  /** The totals of a plan whose first {@code clipRounds} rounds belong to the clip. */
  Totals(int rounds, int clipRounds) {
    this.tensors = new double[rounds][][];
    this.all = new double[rounds][];
    this.firstRound = 0;
    this.ofRule = new Totals(this, clipRounds);
  }

  private Totals(Totals whole, int firstRound) {
    this.tensors = whole.tensors;
    this.all = whole.all;
    this.firstRound = firstRound;
    this.ofRule = null;
  }

  /** The same totals with the rule's first round as round 0. */
  Totals ofRule() {
    return ofRule == null ? this : ofRule;
  }

  /**
   * Takes a round's totals of all tensors, and adds them over the tensors in layout order.
   *
   * @param round of the plan, from 0
   * @param totals [tensor][sum], as {@link TensorSums#reduce} gives them; kept, not copied
   */
  public void set(int round, double[][] totals) {
    int most = Arrays.stream(totals).mapToInt(sums -> sums.length).max().orElse(0);
    double[] over = new double[most];
    for (double[] sums : totals) {
      for (int s = 0; s < sums.length; s++) {
        over[s] += sums[s];
      }
    }
    tensors[round] = totals;
    all[round] = over;
  }

  /** A sum over the tensor that the chunk belongs to. */
  public double tensor(ChunkState chunk, int round, int sum) {
    return tensors[firstRound + round][chunk.chunk().tensor()][sum];
  }

  /** The same sum over all tensors that have it, added in layout order. */
  public double all(int round, int sum) {
    return all[firstRound + round][sum];
  }
}
