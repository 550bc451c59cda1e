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
  private final double[][][] all;
  private final int clipRounds;
  private final int[] rules;
  private final int ruleCount;
  private final int firstRound;
  private final @Nullable Totals ofRule;

  /**
   * The totals of a plan whose first {@code clipRounds} rounds belong to the clip.
   *
   * @param rules [tensor], the number of the rule that updates it, from 0; kept, not copied
   */
  Totals(int rounds, int clipRounds, int[] rules) {
    this.tensors = new double[rounds][][];
    this.all = new double[rounds][][];
    this.clipRounds = clipRounds;
    this.rules = rules;
    this.ruleCount = Arrays.stream(rules).max().orElse(0) + 1;
    this.firstRound = 0;
    this.ofRule = new Totals(this, clipRounds);
  }

  private Totals(Totals whole, int firstRound) {
    this.tensors = whole.tensors;
    this.all = whole.all;
    this.clipRounds = whole.clipRounds;
    this.rules = whole.rules;
    this.ruleCount = whole.ruleCount;
    this.firstRound = firstRound;
    this.ofRule = null;
  }

  /**
   * The same totals for a clip that stands behind another: its first round is round 0.
   *
   * @param rounds of the clips in front of it
   */
  public Totals from(int rounds) {
    return new Totals(this, firstRound + rounds);
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
    double[][] over = new double[isClips(round) ? 1 : ruleCount][most];
    for (int t = 0; t < totals.length; t++) {
      double[] sum = over[isClips(round) ? 0 : rules[t]];
      for (int s = 0; s < totals[t].length; s++) {
        sum[s] += totals[t][s];
      }
    }
    tensors[round] = totals;
    all[round] = over;
  }

  /** A sum over the tensor that the chunk belongs to. */
  public double tensor(ChunkState chunk, int round, int sum) {
    return tensors[firstRound + round][chunk.chunk().tensor()][sum];
  }

  /** All sums of a round over the tensor that the chunk belongs to; not to be modified. */
  double[] tensor(ChunkState chunk, int round) {
    return tensors[firstRound + round][chunk.chunk().tensor()];
  }

  /**
   * The same sum over all tensors that have it, added in layout order: for a clip those of the
   * model, for a rule those that the chunk's own rule updates ({@link UpdateRule#ruleOf}).
   */
  public double all(ChunkState chunk, int round, int sum) {
    int planRound = firstRound + round;
    return all[planRound][isClips(planRound) ? 0 : rules[chunk.chunk().tensor()]][sum];
  }

  private boolean isClips(int planRound) {
    return planRound < clipRounds;
  }
}
