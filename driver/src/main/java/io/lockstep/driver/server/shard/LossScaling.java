package io.lockstep.driver.server.shard;

import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.optim.scale.OverflowCheck;
import io.lockstep.common.optim.scale.ScaledStep;
import java.util.List;

/**
 * The loss scale of the step in flight, of the one before it, whose version can still be pulled,
 * and of the one after it, which is known once all shards have learned whether this one is skipped.
 * Safe for several threads.
 */
final class LossScaling {
  private final LossScale rule;

  /** The version that the step in flight begins from: the step itself. */
  private long version;

  private LossScale.State previous;
  private LossScale.State current;
  private LossScale.State next;
  private boolean skipped;

  LossScaling(LossScale rule, long version) {
    this.rule = rule;
    this.version = version;
    this.previous = rule.first();
    this.current = previous;
    this.next = previous;
  }

  /** Takes what a checkpoint holds, before the first step. */
  synchronized void load(List<Double> numbers) {
    current = LossScale.State.of(numbers);
    previous = current;
    next = current;
  }

  /** What a checkpoint holds after the last step that is finished. */
  synchronized List<Double> numbers() {
    return current.numbers();
  }

  /** What gradients of the step from a version are multiplied by, as a power of two. */
  synchronized int exponent(long ofVersion) {
    if (ofVersion == version) {
      return current.exponent();
    }
    return ofVersion > version ? next.exponent() : previous.exponent();
  }

  /**
   * Checks what a worker has multiplied a gradient by.
   *
   * @throws ShardException where it is another scale than the step's; a gradient of an old step
   *     will be dropped anyway
   */
  synchronized void require(long step, int exponent) throws ShardException {
    if (step == version && exponent != current.exponent()) {
      throw new ShardException(
          "loss scale of step "
              + step
              + " must be 2^"
              + current.exponent()
              + ", got 2^"
              + exponent);
    }
  }

  /** What the sum of the step in flight is to be multiplied by: exact, as the scale is. */
  synchronized float inverse() {
    return Math.scalb(1f, -current.exponent());
  }

  /** The number of the update that the step in flight makes: skipped ones do not count. */
  synchronized long number() {
    return version + 1 - current.skippedSteps();
  }

  /**
   * Decides what becomes of the step in flight.
   *
   * @param totals of the round of {@link OverflowCheck}
   * @return whether it is skipped
   */
  synchronized boolean decide(double[][] totals) {
    skipped = OverflowCheck.overflowed(totals);
    next = skipped ? rule.afterOverflow(current) : rule.afterUpdate(current);
    return skipped;
  }

  /** Whether the step in flight has overflowed a scale that can go no lower. */
  synchronized boolean isExhausted() {
    return skipped && rule.isExhausted(current);
  }

  /** The step in flight is finished: the next one begins. */
  synchronized ScaledStep finish() {
    ScaledStep finished = new ScaledStep(current.scale(), skipped);
    version++;
    previous = current;
    current = next;
    return finished;
  }
}
