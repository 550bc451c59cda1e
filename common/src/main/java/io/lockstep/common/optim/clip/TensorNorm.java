package io.lockstep.common.optim.clip;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.ChunkSums;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import java.util.List;

/**
 * Scales each tensor's gradient by its own norm:
 *
 * <pre>
 * norm   = sqrt(sum of g[i]^2 over the tensor)     in double
 * factor = min(1, maximum / (norm + 1e-6))
 * g[i]   = factor g[i]
 * </pre>
 */
final class TensorNorm implements Clip {
  private static final Key<Double> MAXIMUM =
      Key.number("maximum", 1.0, Range.POSITIVE, "the norm that a tensor's gradient may reach")
          .required();

  static final Registry.Entry<Clip> ENTRY =
      new Registry.Entry<>(
          "tensor-norm",
          "Each tensor's gradient is scaled down to a norm of at most the maximum.",
          List.of(MAXIMUM),
          TensorNorm::new);

  private final double maximum;

  private TensorNorm(Options options) {
    this.maximum = options.get(MAXIMUM);
  }

  @Override
  public int rounds() {
    return 1;
  }

  @Override
  public int sums(int round, TensorSpec tensor, int chunkElements) {
    return 1;
  }

  @Override
  public void round(int round, ChunkState chunk, Update update, Totals totals, double[] sums) {
    sums[0] = ChunkSums.squares(chunk.gradient(), chunk.length());
  }

  @Override
  public void apply(ChunkState chunk, Totals totals) {
    GlobalNorm.limit(chunk, Math.sqrt(totals.tensor(chunk, 0, 0)), maximum);
  }
}
