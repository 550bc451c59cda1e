package io.lockstep.common.optim.scale;

import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import io.lockstep.common.tree.FiniteCheck;

/**
 * The round in front of a clip's rounds in which all shards learn whether the step has overflowed
 * the form of the wire anywhere: the number of chunks whose mean gradient is not finite. A step
 * with one of them is skipped as a whole, so the clip and the rule see finite gradients alone.
 */
public final class OverflowCheck implements Clip {
  /** The round of the plan in which it counts. */
  public static final int ROUND = 0;

  private final Clip clip;

  /**
   * @param clip what follows where nothing has overflowed
   */
  public OverflowCheck(Clip clip) {
    this.clip = clip;
  }

  /**
   * Whether a step must be skipped.
   *
   * @param totals [tensor][sum] of round {@link #ROUND}; running statistics have no sum
   */
  public static boolean overflowed(double[][] totals) {
    for (double[] sums : totals) {
      if (sums.length > 0 && sums[0] > 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int rounds() {
    return 1 + clip.rounds();
  }

  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    return round == ROUND ? 1 : clip.sums(round - 1, tensor, chunkElements);
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    if (round == ROUND) {
      boolean finite = FiniteCheck.firstNonFinite(chunk.gradient(), 0, chunk.length()) < 0;
      sums[0] = finite ? 0 : 1;
    } else {
      clip.round(round - 1, chunk, update, totals.from(1), sums);
    }
  }

  @Override
  public void apply(ChunkState chunk, Totals totals) {
    clip.apply(chunk, totals.from(1));
  }
}
