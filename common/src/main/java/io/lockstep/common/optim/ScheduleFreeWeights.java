package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;

/**
 * How much of a schedule-free average each update becomes (Defazio et al. 2024, and their code,
 * facebookresearch/schedule_free): updates count by the largest rate so far, so that those of a
 * warm-up count for little.
 *
 * <pre>
 * largest = max(largest, rate)
 * weight  = t^stepPower largest^ratePower           0 where the rates were all 0
 * sum     = sum + weight
 * c       = weight / sum                            0 where the sum is 0
 * </pre>
 *
 * The reference calls the powers {@code r} and {@code weight_lr_power}. Its own warm-up, {@code
 * warmup_steps}, is here that of the section {@code schedule}. Largest and sum are doubles; each
 * chunk keeps its own, 16 bits to a float, so that a checkpoint holds every bit of them.
 */
final class ScheduleFreeWeights {
  static final Key<Double> STEP_POWER =
      Key.number(
          "stepPower", 0, Range.NOT_NEGATIVE, "an update counts by its number to this power");
  static final Key<Double> RATE_POWER =
      Key.number(
          "ratePower", 2, Range.NOT_NEGATIVE, "an update counts by the largest rate to this power");

  /** The state array's name. */
  static final String STATE = "weights";

  private static final int BITS = 16;
  private static final int FLOATS = Double.SIZE / BITS;
  private static final int LARGEST = 0;
  private static final int SUM = FLOATS;

  /** Floats of the state array of a chunk. */
  static final int STATE_LENGTH = 2 * FLOATS;

  private final double stepPower;
  private final double ratePower;

  ScheduleFreeWeights(Options options) {
    this.stepPower = options.get(STEP_POWER);
    this.ratePower = options.get(RATE_POWER);
  }

  /**
   * Takes an update in.
   *
   * @param state [{@link #STATE_LENGTH}], of the chunk, updated in place
   * @return c, from 0 to 1
   */
  double take(Update update, float[] state) {
    double largest = Math.max(get(state, LARGEST), update.learningRate());
    double weight =
        StrictMath.pow((double) update.number(), stepPower)
            * (largest == 0 ? 0 : StrictMath.pow(largest, ratePower));
    double sum = get(state, SUM) + weight;
    put(state, LARGEST, largest);
    put(state, SUM, sum);
    return sum == 0 ? 0 : weight / sum;
  }

  private static double get(float[] state, int from) {
    long bits = 0;
    for (int i = 0; i < FLOATS; i++) {
      bits = bits << BITS | (long) state[from + i];
    }
    return Double.longBitsToDouble(bits);
  }

  private static void put(float[] state, int from, double value) {
    long bits = Double.doubleToRawLongBits(value);
    for (int i = FLOATS - 1; i >= 0; i--) {
      state[from + i] = bits & 0xffff;
      bits >>>= BITS;
    }
  }
}
