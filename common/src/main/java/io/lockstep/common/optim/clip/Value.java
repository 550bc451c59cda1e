package io.lockstep.common.optim.clip;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Totals;
import java.util.List;

/**
 * Keeps every element of the gradient within limits, as {@code torch.nn.utils.clip_grad_value_}:
 *
 * <pre>
 * g[i] = min(max(g[i], -maximum), maximum)
 * </pre>
 */
final class Value implements Clip {
  private static final Key<Double> MAXIMUM =
      Key.number("maximum", 1.0, Range.POSITIVE, "the size that an element may reach").required();

  static final Registry.Entry<Clip> ENTRY =
      new Registry.Entry<>(
          "value", "Every element is kept within the maximum.", List.of(MAXIMUM), Value::new);

  private final float maximum;

  private Value(Options options) {
    this.maximum = options.get(MAXIMUM).floatValue();
  }

  @Override
  public void apply(ChunkState chunk, Totals totals) {
    float[] g = chunk.gradient();
    for (int i = 0; i < chunk.length(); i++) {
      g[i] = Math.min(Math.max(g[i], -maximum), maximum);
    }
  }
}
