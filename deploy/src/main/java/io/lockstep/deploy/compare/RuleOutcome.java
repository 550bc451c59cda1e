package io.lockstep.deploy.compare;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a rule reached.
 *
 * @param rule its name
 * @param stateFloats that it keeps for a parameter
 * @param learningRate suggested by its range test, to three digits, and trained with
 * @param accuracyByEpoch on the validation data after each epoch, as fractions; shorter where the
 *     run failed
 * @param goalStep the first validation's step at which the goal was reached
 * @param goalSeconds training time until then
 * @param trainSeconds of the whole run
 * @param failure why there is less; empty where nothing failed
 * @param weightsSha256 of the last weights; empty where the run failed
 * @param losses smoothed training losses, of every step
 */
record RuleOutcome(
    String rule,
    double stateFloats,
    OptionalDouble learningRate,
    List<Double> accuracyByEpoch,
    OptionalLong goalStep,
    OptionalDouble goalSeconds,
    double trainSeconds,
    String failure,
    String weightsSha256,
    List<Double> losses) {
  /** Copies the lists. */
  RuleOutcome {
    accuracyByEpoch = List.copyOf(accuracyByEpoch);
    losses = List.copyOf(losses);
  }
}
