package io.lockstep.common.optim.clip;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import java.util.Arrays;
import java.util.List;

/**
 * Adaptive gradient clipping (Brock et al. 2021, "High-performance large-scale image recognition
 * without normalization", equation 3): the gradient of a unit is kept in proportion to the unit's
 * parameters. A unit is an output: a column of a tensor [..., out]; a vector is one unit.
 *
 * <pre>
 * limit = maximum max(|w|, epsilon)                over the unit, in double
 * g[i]  = g[i] limit / |g|                         where |g| is above the limit
 * </pre>
 */
final class Adaptive implements Clip {
  private static final Key<Double> MAXIMUM =
      Key.number(
              "maximum", 0.01, Range.POSITIVE, "the gradient's norm over the parameters', a unit")
          .required();
  private static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-3, Range.POSITIVE, "the least norm that parameters count for");

  static final Registry.Entry<Clip> ENTRY =
      new Registry.Entry<>(
          "adaptive",
          "Each unit's gradient is kept in proportion to its parameters (Brock 2021).",
          List.of(MAXIMUM, EPSILON),
          Adaptive::new);

  private final double maximum;
  private final double epsilon;

  private Adaptive(Options options) {
    this.maximum = options.get(MAXIMUM);
    this.epsilon = options.get(EPSILON);
  }

  private static int units(TensorSpec tensor) {
    return tensor.shape().size() == 1 ? 1 : tensor.rowLength();
  }

  @Override
  public int rounds() {
    return 1;
  }

  /** Squares of the gradient of every unit, then of the parameters. */
  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    return 2 * units(tensor);
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    int units = units(chunk.tensor());
    float[] g = chunk.gradient();
    float[] w = chunk.parameters();
    Arrays.fill(sums, 0);
    int unit = chunk.chunk().tensorOffset() % units;
    for (int i = 0; i < chunk.length(); i++) {
      sums[unit] += (double) g[i] * g[i];
      sums[units + unit] += (double) w[i] * w[i];
      unit = unit + 1 == units ? 0 : unit + 1;
    }
  }

  @Override
  public void apply(ChunkState chunk, Totals totals) {
    int units = units(chunk.tensor());
    float[] g = chunk.gradient();
    int unit = chunk.chunk().tensorOffset() % units;
    for (int i = 0; i < chunk.length(); i++) {
      double norm = Math.sqrt(totals.tensor(chunk, 0, unit));
      double limit = maximum * Math.max(Math.sqrt(totals.tensor(chunk, 0, units + unit)), epsilon);
      if (norm > limit) {
        g[i] *= (float) (limit / norm);
      }
      unit = unit + 1 == units ? 0 : unit + 1;
    }
  }
}
