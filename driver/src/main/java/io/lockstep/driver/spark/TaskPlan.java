package io.lockstep.driver.spark;

import io.lockstep.common.data.DataPlan;
import java.io.Serializable;

/**
 * What every task of a job is told by its closure.
 *
 * @param configuration the resolved configuration, as YAML
 * @param runToken the run's secret
 * @param coordinator the coordinator's address
 * @param submission the job's number in the run, from 1
 * @param workers how many tasks the job has
 * @param data what is needed to read the streams
 * @param checkpoints the folder of the run's checkpoints
 * @param socketFolder where Unix-domain sockets of the run lie, on each host
 */
record TaskPlan(
    String configuration,
    String runToken,
    String coordinator,
    int submission,
    int workers,
    DataPlan data,
    String checkpoints,
    String socketFolder)
    implements Serializable {
  /** The same for another submission. */
  TaskPlan of(int newSubmission, int newWorkers) {
    return new TaskPlan(
        configuration,
        runToken,
        coordinator,
        newSubmission,
        newWorkers,
        data,
        checkpoints,
        socketFolder);
  }
}
