package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * The weight decay that a rule's options describe: how it enters the update, and which tensors have
 * none of it.
 *
 * <pre>
 * g = g + weightDecay w                                  L2: goes through the rule's moments
 * w = w - (rate weightDecay w + step)                    decoupled, decayTimes: rate
 * w = w - (rate / baseRate weightDecay w + step)         decoupled, decayTimes: schedule
 * </pre>
 *
 * Times the rate is the form of torch, optax and Keras; times the schedule alone is that of
 * Loshchilov and Hutter 2019, "Decoupled weight decay regularization", Algorithms 1 and 2, whose
 * eta is the schedule: decay and base rate can then be chosen apart.
 */
final class WeightDecay {
  /** The names of all roles that a rule trains. */
  static final List<String> ROLES = Role.trained().stream().map(Role::key).toList();

  /** Decay that is added to the gradient. */
  static final Key<Double> L2 =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times w, added to the gradient (L2)");

  /** Decay that stands beside the step. */
  static final Key<Double> DECOUPLED =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times decayTimes times w, taken from w");

  /** Decay of a rule that has both forms. */
  static final Key<Double> EITHER =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times w, where decoupledDecay says");

  /** Which of both forms it is. */
  static final Key<Boolean> IS_DECOUPLED =
      Key.flag("decoupledDecay", false, "take decay from w beside the step, not as L2");

  /** What decoupled decay is multiplied by. */
  static final Key<String> TIMES =
      Key.choice(
          "decayTimes",
          "rate",
          List.of("rate", "schedule"),
          "decoupled decay times the rate, or times rate over base rate alone");

  /** Which tensors have no decay. */
  static final Key<List<String>> EXCLUDE =
      Key.texts("exclude", List.of(), ROLES, "roles of tensors without decay");

  private final double weightDecay;
  private final boolean decoupled;
  private final boolean timesRate;
  private final List<String> exclude;

  private WeightDecay(
      double weightDecay, boolean decoupled, boolean timesRate, List<String> exclude) {
    this.weightDecay = weightDecay;
    this.decoupled = decoupled;
    this.timesRate = timesRate;
    this.exclude = exclude;
  }

  /** Reads {@link #L2} and {@link #EXCLUDE}. */
  static WeightDecay l2(Options options) {
    return new WeightDecay(options.get(L2), false, true, options.get(EXCLUDE));
  }

  /**
   * Reads {@link #TIMES} and {@link #EXCLUDE}.
   *
   * @param weightDecay the rule's own key, with its default
   */
  static WeightDecay decoupled(Options options, Key<Double> weightDecay) {
    return new WeightDecay(
        options.get(weightDecay), true, isTimesRate(options), options.get(EXCLUDE));
  }

  /**
   * Reads {@link #EXCLUDE}, for a rule that says itself what its decay is multiplied by.
   *
   * @param weightDecay the rule's own key, with its default
   */
  static WeightDecay beside(Options options, Key<Double> weightDecay) {
    return new WeightDecay(options.get(weightDecay), true, true, options.get(EXCLUDE));
  }

  /**
   * Reads {@link #EITHER}, {@link #TIMES} and {@link #EXCLUDE}.
   *
   * @param isDecoupled the rule's own key, with its default
   */
  static WeightDecay either(Options options, Key<Boolean> isDecoupled) {
    boolean decoupled = options.get(isDecoupled);
    if (!decoupled && !isTimesRate(options)) {
      throw options.error(TIMES, "needs " + isDecoupled.name() + ": true");
    }
    return new WeightDecay(
        options.get(EITHER), decoupled, isTimesRate(options), options.get(EXCLUDE));
  }

  private static boolean isTimesRate(Options options) {
    return options.get(TIMES).equals("rate");
  }

  /** What is multiplied by w and added to the gradient; 0 for decoupled decay. */
  float l2(TensorSpec tensor) {
    return decoupled || excludes(tensor) ? 0 : (float) weightDecay;
  }

  /** What is multiplied by w and taken from w beside the step; 0 for L2. */
  float besideStep(TensorSpec tensor, Update update) {
    return besideStep(tensor, timesRate ? update.learningRate() : update.scheduleFactor());
  }

  /** The same with a factor of the rule's own. */
  float besideStep(TensorSpec tensor, double times) {
    return !decoupled || excludes(tensor) ? 0 : (float) (weightDecay * times);
  }

  private boolean excludes(TensorSpec tensor) {
    return exclude.contains(tensor.role().key());
  }
}
