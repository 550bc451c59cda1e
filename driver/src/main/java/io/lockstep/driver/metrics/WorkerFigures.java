package io.lockstep.driver.metrics;

import io.lockstep.worker.StepTimes;
import java.util.List;

/** Shows what the workers of this process do. */
public final class WorkerFigures {
  private static final double NANOS = 1e9;

  private WorkerFigures() {}

  /** A worker has made these steps. */
  public static void add(Figures figures, List<StepTimes> times) {
    for (StepTimes step : times) {
      figures.set(Figure.WORKER_STEP, (double) step.step());
      figures.add(Figure.WORKER_COMPUTE_SECONDS, step.computeNanos() / NANOS);
      figures.add(Figure.WORKER_SEND_SECONDS, step.sendNanos() / NANOS);
      figures.add(Figure.WORKER_WAIT_SECONDS, step.waitNanos() / NANOS);
      figures.add(Figure.WORKER_SENT_BYTES, (double) step.sentBytes());
      figures.add(Figure.WORKER_RECEIVED_BYTES, (double) step.receivedBytes());
    }
  }
}
