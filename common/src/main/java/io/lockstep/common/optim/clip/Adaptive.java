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
 * parameters. A unit is an output ({@link TensorSpec#units}): a column of a matrix [in, out], a
 * filter of a tensor [out, ...] of rank 3 and more; a vector is one unit.
 *
 * <pre>
 * limit = maximum max(|w|, epsilon)                over the unit, in double
 * g[i]  = g[i] limit / |g|                         where |g| is above the limit
 * </pre>
 *
 * The authors' code and {@code optax.adaptive_grad_clip} have this form; they keep the filters of a
 * convolution along the last extent, where Lockstep has them along the first.
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

  /** Columns whose factors are computed at a time. */
  private static final int BLOCK = 2048;

  private final double maximum;
  private final double epsilon;

  private Adaptive(Options options) {
    this.maximum = options.get(MAXIMUM);
    this.epsilon = options.get(EPSILON);
  }

  @Override
  public int rounds() {
    return 1;
  }

  /** Squares of the gradient of every unit, then of the parameters. */
  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    return 2 * tensor.units();
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    int units = chunk.tensor().units();
    Arrays.fill(sums, 0);
    if (isMatrix(chunk)) {
      addColumns(chunk, chunk.gradient(), sums, 0);
      addColumns(chunk, chunk.parameters(), sums, units);
    } else {
      addRuns(chunk, chunk.gradient(), sums, 0);
      addRuns(chunk, chunk.parameters(), sums, units);
    }
  }

  private static boolean isMatrix(ChunkState chunk) {
    return chunk.tensor().shape().size() == 2;
  }

  private static void addColumns(ChunkState chunk, float[] x, double[] sums, int first) {
    int columns = chunk.tensor().units();
    int column = chunk.chunk().tensorOffset() % columns;
    for (int i = 0; i < chunk.length(); i++) {
      sums[first + column] += (double) x[i] * x[i];
      column = column + 1 == columns ? 0 : column + 1;
    }
  }

  private static void addRuns(ChunkState chunk, float[] x, double[] sums, int first) {
    int unitSize = chunk.tensor().size() / chunk.tensor().units();
    int offset = chunk.chunk().tensorOffset();
    for (int from = 0; from < chunk.length(); ) {
      int unit = (offset + from) / unitSize;
      int to = (int) Math.min((unit + 1L) * unitSize - offset, chunk.length());
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += (double) x[i] * x[i];
      }
      sums[first + unit] = sum;
      from = to;
    }
  }

  @Override
  public void apply(ChunkState chunk, Totals totals) {
    if (isMatrix(chunk)) {
      limitColumns(chunk, totals);
    } else {
      limitRuns(chunk, totals);
    }
  }

  /** A chunk is whole rows or a part of one: columns of one width, a block of them at a time. */
  private void limitColumns(ChunkState chunk, Totals totals) {
    int columns = chunk.tensor().units();
    int column = chunk.chunk().tensorOffset() % columns;
    int width = Math.min(columns - column, chunk.length());
    float[] factors = new float[Math.min(width, BLOCK)];
    for (int block = 0; block < width; block += BLOCK) {
      int blockWidth = Math.min(BLOCK, width - block);
      for (int c = 0; c < blockWidth; c++) {
        factors[c] = factor(chunk, totals, column + block + c);
      }
      for (int row = block; row < chunk.length(); row += width) {
        for (int c = 0; c < blockWidth; c++) {
          chunk.gradient()[row + c] *= factors[c];
        }
      }
    }
  }

  private void limitRuns(ChunkState chunk, Totals totals) {
    int unitSize = chunk.tensor().size() / chunk.tensor().units();
    int offset = chunk.chunk().tensorOffset();
    for (int from = 0; from < chunk.length(); ) {
      int unit = (offset + from) / unitSize;
      int to = (int) Math.min((unit + 1L) * unitSize - offset, chunk.length());
      float factor = factor(chunk, totals, unit);
      for (int i = from; i < to; i++) {
        chunk.gradient()[i] *= factor;
      }
      from = to;
    }
  }

  /** What the gradient of a unit is multiplied by: 1 within the limit. */
  private float factor(ChunkState chunk, Totals totals, int unit) {
    int units = chunk.tensor().units();
    double norm = Math.sqrt(totals.tensor(chunk, 0, unit));
    double limit = maximum * Math.max(Math.sqrt(totals.tensor(chunk, 0, units + unit)), epsilon);
    return norm > limit ? (float) (limit / norm) : 1;
  }
}
