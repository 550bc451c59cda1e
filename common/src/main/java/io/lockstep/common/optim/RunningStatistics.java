package io.lockstep.common.optim;

import io.lockstep.common.layout.RunningMoments;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/**
 * How running statistics follow the batches (Ioffe, Szegedy 2015, "Batch normalization", section
 * 3.1, in the form of {@code torch.nn.BatchNorm2d}): no gradient descends here. A slice hands over,
 * a channel, the sums of its numbers' distances from the running mean r and of their squares, which
 * the tree adds up over the batch:
 *
 * <pre>
 * S1 = sum of (x - r)     S2 = sum of (x - r)^2     N = numbers of the channel in the batch
 * change[mean]     = S1 / N
 * change[variance] = (S2 - S1^2 / N) / (N - 1) - v             v, the running variance
 * r = r + momentum change[mean]
 * v = v + momentum change[variance]
 * </pre>
 *
 * Taking r away first keeps the digits of S2 - S1^2 / N. The variance is the unbiased one, as torch
 * keeps it; of a single number there is none, and v stays.
 */
public final class RunningStatistics implements UpdateRule {
  RunningStatistics() {}

  /**
   * Brings a batch's sums into a chunk's gradient, as the change that {@link #apply} makes with.
   *
   * @param chunk a whole tensor of running statistics
   * @param sums S1, then S2, [2, channels]; not modified
   * @param examples of the batch, at least 1
   */
  public static void takeBatch(ChunkState chunk, float[] sums, double examples) {
    int channels = chunk.length() / 2;
    double n = examples * moments(chunk.tensor()).valuesPerExample();
    float[] change = chunk.gradient();
    for (int c = 0; c < channels; c++) {
      double s1 = sums[c];
      change[c] = (float) (s1 / n);
      double squares = Math.max(0, sums[channels + c] - s1 * s1 / n);
      float variance = chunk.parameters()[channels + c];
      change[channels + c] = n > 1 ? (float) (squares / (n - 1) - variance) : 0;
    }
  }

  private static RunningMoments moments(TensorSpec tensor) {
    RunningMoments moments = tensor.moments();
    if (moments == null) {
      throw new IllegalArgumentException("tensor " + tensor.name() + " must hold statistics");
    }
    return moments;
  }

  @Override
  public List<String> stateNames(TensorSpec tensor) {
    return List.of();
  }

  /**
   * Moves the statistics.
   *
   * @param chunk with the change as {@link #takeBatch} left it in the place of a gradient
   */
  @Override
  public void apply(ChunkState chunk, Update update, Totals totals) {
    follow(
        chunk.length(),
        chunk.parameters(),
        chunk.gradient(),
        (float) moments(chunk.tensor()).momentum());
  }

  private static void follow(int n, float[] statistics, float[] change, float momentum) {
    for (int i = 0; i < n; i++) {
      statistics[i] += momentum * change[i];
    }
  }
}
