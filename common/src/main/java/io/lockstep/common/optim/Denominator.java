package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;

/**
 * What a step along the first moment is divided by, as libraries differ in where epsilon stands.
 * All forms are one expression, so that a rule has one loop:
 *
 * <pre>
 * sqrt(v scale + inside) factor + outside
 *
 * sqrt(v / (1 - beta2^t)) + epsilon                      torch, optax, the paper
 * sqrt(v / (1 - beta2^t) + epsilon)                      with epsilonInsideRoot, optax's eps_root
 * (sqrt(v) + epsilon) / sqrt(1 - beta2^t)                with epsilonBeforeCorrection: TensorFlow,
 *                                                        Keras, the paper's section 2
 * sqrt(v + epsilon) / sqrt(1 - beta2^t)                  with both
 * </pre>
 *
 * @param scale of the second moment under the root
 * @param inside added under the root
 * @param factor of the root
 * @param outside added to the root
 */
record Denominator(float scale, float inside, float factor, float outside) {
  /** Where epsilon stands in relation to the root. */
  static final Key<Boolean> EPSILON_INSIDE_ROOT =
      Key.flag("epsilonInsideRoot", false, "add epsilon under the root, not to the root");

  /** Where epsilon stands in relation to the bias correction. */
  static final Key<Boolean> EPSILON_BEFORE_CORRECTION =
      Key.flag("epsilonBeforeCorrection", false, "add epsilon before bias correction, as Keras");

  /** The form that options ask for. */
  record Form(double epsilon, boolean insideRoot, boolean beforeCorrection) {
    /** Reads epsilon and both keys. */
    static Form of(Options options, Key<Double> epsilon) {
      return new Form(
          options.get(epsilon),
          options.get(EPSILON_INSIDE_ROOT),
          options.get(EPSILON_BEFORE_CORRECTION));
    }

    /**
     * The denominator of an update.
     *
     * @param correction {@code 1 - beta2^t}; 1 where moments are not corrected
     */
    Denominator at(double correction) {
      double factor = 1 / Math.sqrt(correction);
      if (insideRoot) {
        return beforeCorrection
            ? new Denominator(1, (float) epsilon, (float) factor, 0)
            : new Denominator((float) (1 / correction), (float) epsilon, 1, 0);
      }
      double outside = beforeCorrection ? epsilon * factor : epsilon;
      return new Denominator(1, 0, (float) factor, (float) outside);
    }
  }
}
