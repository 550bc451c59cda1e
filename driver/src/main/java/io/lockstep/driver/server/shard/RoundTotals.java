package io.lockstep.driver.server.shard;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.TensorSums;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a round's sums from all shards and reduces them to totals a tensor, in an order that
 * follows from the layout alone. One at a place that reduces: the coordinator, or the only server.
 * Not thread-safe.
 */
public final class RoundTotals {
  private final TensorSums tensorSums;
  private final double[] @Nullable [] gathered;
  private long step = -1;
  private int round = -1;
  private int missing;

  /**
   * @param layout of the model
   */
  public RoundTotals(Layout layout) {
    this.tensorSums = TensorSums.of(layout);
    this.gathered = new double[layout.chunks().size()][];
  }

  /**
   * Takes a shard's part. The first part of a later round begins that round; one of a round that is
   * over, or that another has overtaken, is dropped: a message that came late. Who goes back to a
   * checkpoint takes a new instance.
   *
   * @return [tensor][sum], for {@link ParameterShard#totals} of every shard; null until all parts
   *     are there
   */
  public double @Nullable [][] add(RoundSums part) {
    if (isOld(part)) {
      return null;
    }
    if (part.step() != step || part.round() != round) {
      step = part.step();
      round = part.round();
      missing = gathered.length;
      java.util.Arrays.fill(gathered, null);
    }
    for (int c = 0; c < part.sums().length; c++) {
      if (gathered[part.firstChunk() + c] == null) {
        missing--;
      }
      gathered[part.firstChunk() + c] = part.sums()[c];
    }
    return missing == 0 ? reduce() : null;
  }

  private double[][] reduce() {
    double[][] rows = new double[gathered.length][];
    for (int c = 0; c < rows.length; c++) {
      rows[c] = java.util.Objects.requireNonNull(gathered[c]).clone();
    }
    return tensorSums.reduce(rows);
  }

  private boolean isOld(RoundSums part) {
    boolean sameStep = part.step() == step;
    return part.step() < step
        || (sameStep && part.round() < round)
        || (sameStep && part.round() == round && missing == 0);
  }
}
