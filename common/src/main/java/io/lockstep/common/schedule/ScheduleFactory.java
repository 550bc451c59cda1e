package io.lockstep.common.schedule;

/** Makes a schedule of given settings for a run. */
@FunctionalInterface
public interface ScheduleFactory {
  /**
   * Makes the schedule.
   *
   * @throws io.lockstep.common.config.ConfigurationException where the settings do not fit the run
   */
  Schedule create(Span span);
}
