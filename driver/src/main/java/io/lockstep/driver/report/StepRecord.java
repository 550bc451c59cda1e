package io.lockstep.driver.report;

import io.lockstep.common.optim.scale.ScaledStep;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code steps.jsonl}: one update of the parameters. The times are those of the slowest
 * worker.
 *
 * @param step its number, from 1
 * @param epoch the pass over the data that it belongs to, from 1
 * @param loss mean over the batch, before the update
 * @param learningRate the rate of this update
 * @param gradientNorm Euclidean norm of the mean gradient, before clipping; not finite where the
 *     step was skipped
 * @param gradientNorms likewise of each tensor, by its name; empty where they are not asked for
 * @param noise how much its examples disagree
 * @param examplesPerSecond examples of the batch over {@code seconds}
 * @param seconds from the end of the step before to the end of this one
 * @param computeSeconds spent on gradients
 * @param sendSeconds spent on handing partial sums over
 * @param waitSeconds spent on waiting for parameters
 * @param sentBytes that all workers sent over sockets to the servers
 * @param receivedBytes that all workers received over sockets from the servers
 * @param scaled what the loss scale did; null without one
 */
public record StepRecord(
    long step,
    long epoch,
    double loss,
    double learningRate,
    double gradientNorm,
    Map<String, Double> gradientNorms,
    GradientNoise noise,
    double examplesPerSecond,
    double seconds,
    double computeSeconds,
    double sendSeconds,
    double waitSeconds,
    long sentBytes,
    long receivedBytes,
    @Nullable ScaledStep scaled) {
  /** Copies the norms. */
  public StepRecord {
    gradientNorms = Collections.unmodifiableMap(new LinkedHashMap<>(gradientNorms));
  }
}
