package io.lockstep.worker.data;

import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.SliceBatch;

/**
 * The slices of one stream: which examples belong to which step. Each epoch has its own order, by
 * (seed, epoch, stream); step t takes the slice at {@link EpochPlan#from} of the order of {@link
 * EpochPlan#epoch}. Any step may be asked for at any time; nothing is carried along but the order
 * of the epoch that was asked for last. For one thread.
 */
public final class SliceStream {
  private final StreamData data;
  private final ExampleReader reader;
  private final EpochPlan plan;
  private final boolean shuffled;
  private final long seed;
  private final int stream;
  private final int[] order;
  private long epoch = -1;

  private SliceStream(
      StreamData data,
      FeatureScaling scaling,
      EpochPlan plan,
      boolean shuffled,
      long seed,
      int stream) {
    this.data = data;
    this.reader = new ExampleReader(data.form(), scaling);
    this.plan = plan;
    this.shuffled = shuffled;
    this.seed = seed;
    this.stream = stream;
    this.order = new int[data.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }

  /**
   * A training stream, shuffled anew each epoch.
   *
   * @param data its rows
   * @param scaling of the features
   * @param plan which part of an epoch belongs to which step
   * @param seed the run's
   * @param stream its number
   */
  public static SliceStream shuffled(
      StreamData data, FeatureScaling scaling, EpochPlan plan, long seed, int stream) {
    return new SliceStream(data, scaling, plan, true, seed, stream);
  }

  /**
   * A validation stream, in the order of its rows: step k is its slice k.
   *
   * @param data its rows
   * @param scaling of the features
   * @param plan the validation's
   */
  public static SliceStream inOrder(StreamData data, FeatureScaling scaling, EpochPlan plan) {
    return new SliceStream(data, scaling, plan, false, 0, 0);
  }

  /** The stream's number of rows. */
  public int count() {
    return data.count();
  }

  /**
   * Fills the batch with the examples of a step: see {@link ExampleReader#read}.
   *
   * @param step from 0
   * @param batch room for a slice
   * @return false where the stream has run out in this epoch: its slice is absent from the step
   */
  public boolean fill(long step, SliceBatch batch) {
    long from = plan.from(step);
    if (from >= order.length) {
      batch.examples(0);
      return false;
    }
    arrange(plan.epoch(step));
    int examples = (int) Math.min(plan.slice(), order.length - from);
    for (int i = 0; i < examples; i++) {
      int row = order[(int) from + i];
      reader.read(data.page(row), data.offset(row), batch, i);
    }
    batch.examples(examples);
    return true;
  }

  private void arrange(long wanted) {
    if (shuffled && wanted != epoch) {
      RandomStream.of(seed, Purpose.SHUFFLE, 0, wanted, stream).shuffle(order);
      epoch = wanted;
    }
  }
}
