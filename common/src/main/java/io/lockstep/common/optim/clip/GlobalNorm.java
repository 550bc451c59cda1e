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
 * Scales all gradients together so that their common norm stays below a maximum (Pascanu, Mikolov,
 * Bengio 2013, "On the difficulty of training recurrent neural networks", Algorithm 1), in the form
 * of {@code torch.nn.utils.clip_grad_norm_}:
 *
 * <pre>
 * norm   = sqrt(sum of g[i]^2 over all tensors)     in double
 * factor = min(1, maximum / (norm + 1e-6))
 * g[i]   = factor g[i]
 * </pre>
 */
final class GlobalNorm implements Clip {
  private static final Key<Double> MAXIMUM =
      Key.number("maximum", 1.0, Range.POSITIVE, "the norm that all gradients together may reach")
          .required();

  static final Registry.Entry<Clip> ENTRY =
      new Registry.Entry<>(
          "global-norm",
          "All gradients together are scaled down to a norm of at most the maximum (Pascanu 2013).",
          List.of(MAXIMUM),
          GlobalNorm::new);

  private final double maximum;

  private GlobalNorm(Options options) {
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
    limit(chunk, Math.sqrt(totals.all(chunk, 0, 0)), maximum);
  }

  /** Scales the gradient by {@code min(1, maximum / (norm + 1e-6))}. */
  static void limit(ChunkState chunk, double norm, double maximum) {
    float factor = (float) Math.min(1, maximum / (norm + 1e-6));
    if (factor != 1) {
      scale(chunk.gradient(), chunk.length(), factor);
    }
  }

  private static void scale(float[] g, int length, float factor) {
    for (int i = 0; i < length; i++) {
      g[i] *= factor;
    }
  }
}
