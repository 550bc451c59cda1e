package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * Schedule-free stochastic gradient descent (Defazio et al. 2024, "The road less scheduled"), in
 * the form of the authors' {@code SGDScheduleFree}: instead of a rate that falls, an average x of
 * the steps z, and gradients that are taken between the two, at y.
 *
 * <pre>
 * g = g + weightDecay y
 * y = y + c (z - y) + rate (beta (1 - c) - 1) g
 * z = z - rate g
 * x = y + (1 - 1 / beta) (z - y)
 * </pre>
 *
 * c is an update's part of the average ({@link ScheduleFreeWeights}); z begins at the first
 * parameters. The parameters are y; what is evaluated, and is the model, is x. That y = (1 - beta)
 * z + beta x, x = (1 - c) x + c z, is the paper's form of the same: x is not kept, but follows from
 * y and z. Use a constant rate behind a warm-up.
 */
final class ScheduleFreeSgd implements UpdateRule {
  static final Key<Double> BETA =
      Key.number(
          "beta",
          0.9,
          new Range(0, true, 1, false),
          "how near to the average gradients are taken, 1 at it");
  private static final Key<Double> WEIGHT_DECAY =
      Key.number("weightDecay", 0, Range.NOT_NEGATIVE, "times y, added to the gradient (L2)");

  static final Registry.Entry<UpdateRule> ENTRY =
      new Registry.Entry<>(
          "schedule-free-sgd",
          "Averaged steps instead of a schedule (Defazio 2024).",
          List.of(
              BETA, WEIGHT_DECAY, ScheduleFreeWeights.STEP_POWER, ScheduleFreeWeights.RATE_POWER),
          ScheduleFreeSgd::new);

  static final Guide GUIDE =
      new Guide(
          "Defazio et al. 2024, The road less scheduled, arXiv 2405.15682",
          """
          g = g + weightDecay y
          y = y + c (z - y) + rate (beta (1 - c) - 1) g
          z = z - rate g
          x = y + (1 - 1 / beta) (z - y)
          """,
          "Training whose length is not known beforehand: what is evaluated at any time is about "
              + "as good as with a schedule that ends there.",
          "10 to 50 times that of sgd with momentum (the authors' code); constant, behind a "
              + "warm-up.",
          "Those of sgd.");

  private final float beta;
  private final float weightDecay;
  private final ScheduleFreeWeights weights;

  private ScheduleFreeSgd(Options options) {
    this.beta = options.get(BETA).floatValue();
    this.weightDecay = options.get(WEIGHT_DECAY).floatValue();
    this.weights = new ScheduleFreeWeights(options);
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of("z", ScheduleFreeWeights.STATE);
  }

  @Override
  public int stateLength(int array, TensorSpec tensor, Chunk chunk) {
    return array == 0 ? chunk.length() : ScheduleFreeWeights.STATE_LENGTH;
  }

  @Override
  public void initialize(ChunkState chunk) {
    System.arraycopy(chunk.parameters(), 0, chunk.state(0), 0, chunk.length());
  }

  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    double c = weights.take(update, chunk.state(1));
    double rate = update.learningRate();
    update(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        chunk.state(0),
        (float) c,
        (float) (rate * (beta * (1 - c) - 1)),
        (float) rate);
  }

  private void update(int n, float[] y, float[] g, float[] z, float c, float step, float rate) {
    float decay = weightDecay;
    for (int i = 0; i < n; i++) {
      float d = g[i] + decay * y[i];
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
    average(chunk.length(), target, chunk.parameters(), chunk.state(0), beta);
  }

  /** {@code x = y + (1 - 1 / beta) (z - y)}. */
  static void average(int n, float[] x, float[] y, float[] z, float beta) {
    float part = (float) (1 - 1.0 / beta);
    for (int i = 0; i < n; i++) {
      x[i] = y[i] + part * (z[i] - y[i]);
    }
  }
}
