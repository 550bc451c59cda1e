package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The sign that {@link Lion} computes without a branch. */
class LionSignTest {
  /** What w = 0 becomes at rate 1 is minus the sign. */
  private static float[] signs(float... gradient) {
    UpdateRule lion =
        Optimizers.create(Options.of("optimizer", Map.of("type", "lion", "beta1", 0)));
    int n = gradient.length;
    TensorSpec tensor = new TensorSpec("w", List.of(n), Role.WEIGHT);
    float[] w = new float[n];
    ChunkState chunk =
        new ChunkState(tensor, new Chunk(0, 0, 0, 0, n), w, gradient.clone(), new float[1][n]);
    lion.apply(chunk, new Update(1, 1), new Totals(0, 0, new int[1]));
    for (int i = 0; i < n; i++) {
      w[i] = 0 - w[i];
    }
    return w;
  }

  @Test
  void theSignOfZeroIsExactlyZero() {
    assertThat(signs(0f, -0f)).containsExactly(0f, 0f);
  }

  @Test
  void theSignOfEveryOtherNormalNumberIsExactlyOne() {
    float least = 0x1p-125f;
    assertThat(signs(least, -least, 1f, -1f, Float.MAX_VALUE, -Float.MAX_VALUE, 3e-20f, -7e19f))
        .containsExactly(1f, -1f, 1f, -1f, 1f, -1f, 1f, -1f);
  }
}
