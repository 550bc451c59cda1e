package io.lockstep.worker;

import io.lockstep.common.config.Interval;
import io.lockstep.common.data.EpochPlan;

/**
 * What happens after which step: functions of the number of updates done, so that worker, server
 * and coordinator agree without a message.
 *
 * @param epochs the steps of an epoch
 * @param lastStep updates of the whole run
 * @param validateEvery how often validation happens, besides after the last step
 * @param checkpointEvery updates between two checkpoints; the last step always has one
 */
public record Milestones(
    EpochPlan epochs, long lastStep, Interval validateEvery, long checkpointEvery) {
  /** Whether the parameters are measured on the validation data after so many updates. */
  public boolean validates(long step) {
    if (step == 0) {
      return false;
    }
    return switch (validateEvery.unit()) {
      case NEVER -> false;
      case STEPS -> step == lastStep || step % validateEvery.count() == 0;
      case EPOCHS ->
          step == lastStep || step % (epochs.stepsPerEpoch() * validateEvery.count()) == 0;
    };
  }

  /** Whether a checkpoint is written after so many updates. */
  public boolean checkpoints(long step) {
    return step > 0 && (step == lastStep || step % checkpointEvery == 0);
  }
}
