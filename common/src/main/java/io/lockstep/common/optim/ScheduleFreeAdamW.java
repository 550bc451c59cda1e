package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Schedule-free AdamW (Defazio et al. 2024, "The road less scheduled", Algorithm 1), in the form of
 * the authors' {@code AdamWScheduleFree}: {@link ScheduleFreeSgd} along gradients that are divided
 * by the root of their second moment.
 *
 * <pre>
 * v = beta2 v + (1 - beta2) g^2
 * d = g / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay y
 * y = y + c (z - y) + rate (beta (1 - c) - 1) d
 * z = z - rate d
 * x = y + (1 - 1 / beta) (z - y)
 * </pre>
 *
 * c is an update's part of the average ({@link ScheduleFreeWeights}); z begins at the first
 * parameters. The parameters are y; what is evaluated, and is the model, is x. The decay is taken
 * at y, as in the authors' code. Use a constant rate behind a warm-up.
 */
final class ScheduleFreeAdamW implements UpdateRule {
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times rate times y, subtracted");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "schedule-free-adamw",
          "AdamW with averaged steps instead of a schedule (Defazio 2024).",
          List.of(
              ScheduleFreeSgd.BETA,
              Adam.BETA2,
              Adam.EPSILON,
              WEIGHT_DECAY,
              ScheduleFreeWeights.STEP_POWER,
              ScheduleFreeWeights.RATE_POWER),
          ScheduleFreeAdamW::new);

  static final Guide GUIDE =
      new Guide(
          "Defazio et al. 2024, The road less scheduled, arXiv 2405.15682",
          """
          v = beta2 v + (1 - beta2) g^2
          d = g / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay y
          y = y + c (z - y) + rate (beta (1 - c) - 1) d
          z = z - rate d
          x = y + (1 - 1 / beta) (z - y)
          """,
          "What adamw is for, where the length of training is not known beforehand.",
          "0.0025 (the authors' default), 1 to 10 times that of adamw with a schedule; constant, "
              + "behind a warm-up.",
          "Those of adamw.");

  private final float beta;
  private final double beta2;
  private final float epsilon;
  private final float weightDecay;
  private final ScheduleFreeWeights weights;

  private ScheduleFreeAdamW(Options options) {
    this.beta = options.get(ScheduleFreeSgd.BETA).floatValue();
    this.beta2 = options.get(Adam.BETA2);
    this.epsilon = options.get(Adam.EPSILON).floatValue();
    this.weightDecay = options.get(WEIGHT_DECAY).floatValue();
    this.weights = new ScheduleFreeWeights(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("z", "v", ScheduleFreeWeights.STATE);
  }

  @Override
  public int stateLength(int array, TensorSpec tensor, Chunk chunk) {
    return array < 2 ? chunk.length() : ScheduleFreeWeights.STATE_LENGTH;
  }

  @Override
  public void initialize(ChunkState chunk) {
    System.arraycopy(chunk.parameters(), 0, chunk.state(0), 0, chunk.length());
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double c = weights.take(update, chunk.state(2));
    double rate = update.learningRate();
    update(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        chunk.state(0),
        chunk.state(1),
        (float) (1 / Math.sqrt(update.biasCorrection(beta2))),
        (float) c,
        (float) (rate * (beta * (1 - c) - 1)),
        (float) rate);
  }

  private void update(
      int n,
      float[] y,
      float[] g,
      float[] z,
      float[] v,
      float scale,
      float c,
      float step,
      float rate) {
    float keep = (float) beta2;
    float take = (float) (1 - beta2);
    float epsilon = this.epsilon;
    float decay = weightDecay;
    for (int i = 0; i < n; i++) {
      v[i] = keep * v[i] + take * (g[i] * g[i]);
      float d = g[i] / ((float) Math.sqrt(v[i]) * scale + epsilon) + decay * y[i];
      y[i] += c * (z[i] - y[i]) + step * d;
      z[i] -= rate * d;
    }
  }

  @Override
  public boolean evaluatesAverage() {
    return true;
  }

  @Override
  public void evaluation(ChunkState chunk, float[] target) {
    ScheduleFreeSgd.average(chunk.length(), target, chunk.parameters(), chunk.state(0), beta);
  }
}
