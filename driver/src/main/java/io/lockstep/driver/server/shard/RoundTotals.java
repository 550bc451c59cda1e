package io.lockstep.driver.server.shard;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.TensorSums;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a round's sums from all shards and reduces them to totals a tensor, in an order that
 * follows from the layout alone. One at a place that reduces: the coordinator, or the only server.
 * Not thread-safe.
 */
public final class RoundTotals {
  private final TensorSums tensorSums;
  private final double[] @Nullable [] gathered;

  /** The totals of this step's rounds that are over. */
  private final Map<Integer, double[][]> over = new HashMap<>();

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
   * Takes a shard's part. The first part of a later round begins that round. A part of a round of
   * this step that is over is said again by a shard that still waits for the totals, and answered
   * with them; one of an earlier step is dropped. Who goes back to a checkpoint takes a new
   * instance.
   *
   * @return [tensor][sum], for {@link ParameterShard#totals} of every shard; null until all parts
   *     are there
   */
  public double @Nullable [][] add(RoundSums part) {
    if (part.step() < step) {
      return null;
    }
    if (part.step() > step) {
      over.clear();
      begin(part);
    } else if (part.round() > round) {
      begin(part);
    } else if (part.round() < round || missing == 0) {
      return over.get(part.round());
    }
    for (int c = 0; c < part.sums().length; c++) {
      if (gathered[part.firstChunk() + c] == null) {
        missing--;
      }
      gathered[part.firstChunk() + c] = part.sums()[c];
    }
    if (missing > 0) {
      return null;
    }
    double[][] perTensor = reduce();
    over.put(round, perTensor);
    return perTensor;
  }

  private void begin(RoundSums part) {
    step = part.step();
    round = part.round();
    missing = gathered.length;
    java.util.Arrays.fill(gathered, null);
  }

  private double[][] reduce() {
    double[][] rows = new double[gathered.length][];
    for (int c = 0; c < rows.length; c++) {
      rows[c] = java.util.Objects.requireNonNull(gathered[c]).clone();
    }
    return tensorSums.reduce(rows);
  }
}
