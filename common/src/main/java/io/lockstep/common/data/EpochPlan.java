package io.lockstep.common.data;

import java.util.List;

/**
 * Which examples of a stream belong to which step: an epoch has as many steps as its longest stream
 * needs, or, where incomplete slices are dropped, as its shortest can fill.
 *
 * @param slice the most examples of a slice, at least 1
 * @param stepsPerEpoch at least 1
 */
public record EpochPlan(int slice, long stepsPerEpoch) implements java.io.Serializable {
  /** Refuses plans without a step. */
  public EpochPlan {
    if (slice < 1 || stepsPerEpoch < 1) {
      throw new IllegalArgumentException(
          "an epoch must have slices and steps, got slice "
              + slice
              + " and "
              + stepsPerEpoch
              + " steps");
    }
  }

  /**
   * Every example is used once an epoch; towards its end some slices are smaller or absent.
   *
   * @throws DataException where no stream has a row
   */
  public static EpochPlan keepingIncomplete(List<StreamSummary> streams, int slice) {
    long longest = streams.stream().mapToLong(StreamSummary::count).max().orElse(0);
    if (longest == 0) {
      throw new DataException("an epoch must have at least one row, got none");
    }
    return new EpochPlan(slice, (longest + slice - 1) / slice);
  }

  /**
   * Every slice is full; a stream's last rows of an epoch's order, where they fill no slice, wait
   * for another epoch.
   *
   * @throws DataException where the shortest stream cannot fill a slice
   */
  public static EpochPlan droppingIncomplete(List<StreamSummary> streams, int slice) {
    long shortest = streams.stream().mapToLong(StreamSummary::count).min().orElse(0);
    if (shortest < slice) {
      long rows = streams.stream().mapToLong(StreamSummary::count).sum();
      throw new DataException(
          "batch.incomplete: drop leaves no step: a batch needs "
              + (long) slice * streams.size()
              + " rows, the training data have "
              + rows
              + "; make batch.size smaller or set batch.incomplete: keep");
    }
    return new EpochPlan(slice, shortest / slice);
  }

  /** The epoch of a step, both from 0. */
  public long epoch(long step) {
    return step / stepsPerEpoch;
  }

  /** Where the slice of a step begins in its epoch's order. */
  public long from(long step) {
    return step % stepsPerEpoch * slice;
  }
}
