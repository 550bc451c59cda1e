package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@link Lars} against its formula in plain double, in all its forms. */
class LarsTest {
  private static final int N = 20;
  private static final double TRUST = 0.5;
  private static final double DECAY = 0.1;
  private static final double EPSILON = 0.01;
  private static final double MOMENTUM = 0.9;

  private static UpdateRule lars(boolean normOfSum, boolean clip, boolean inside, boolean ahead) {
    Map<String, Object> options = new HashMap<>();
    options.put("type", "lars");
    options.put("trustCoefficient", TRUST);
    options.put("weightDecay", DECAY);
    options.put("epsilon", EPSILON);
    options.put("normOfSum", normOfSum);
    options.put("clip", clip);
    options.put("rateInsideVelocity", inside);
    options.put("nesterov", ahead);
    return Optimizers.create(Options.of("optimizer", options));
  }

  @Test
  void everyFormIsItsFormula() {
    TestSeed seed = TestSeed.draw();
    for (int form = 0; form < 16; form++) {
      check((form & 1) != 0, (form & 2) != 0, (form & 4) != 0, (form & 8) != 0, seed);
    }
  }

  private static void check(
      boolean normOfSum, boolean clip, boolean inside, boolean ahead, TestSeed seed) {
    Random random = seed.random();
    TensorSpec tensor = new TensorSpec("w", List.of(4, 5), Role.WEIGHT);
    float[] start = gaussians(random);
    ShardedRun run =
        new ShardedRun(
            Layout.of(List.of(tensor), 3),
            Clip.NONE,
            lars(normOfSum, clip, inside, ahead),
            2,
            start);
    double[] w = doubles(start);
    double[] v = new double[N];
    for (int t = 1; t <= 6; t++) {
      float[] gradient = gaussians(random);
      double rate = 0.3 / t;
      run.step(new Update(t, rate), gradient);

      double[] g = doubles(gradient);
      double[] sum = new double[N];
      for (int i = 0; i < N; i++) {
        sum[i] = g[i] + DECAY * w[i];
      }
      double norm = normOfSum ? norm(sum) : norm(g) + DECAY * norm(w);
      double local = TRUST * norm(w) / (norm + EPSILON);
      local = clip ? Math.min(local / rate, 1) : local;
      for (int i = 0; i < N; i++) {
        double d = local * sum[i];
        v[i] = MOMENTUM * v[i] + (inside ? rate * d : d);
        double along = inside ? v[i] : rate * v[i];
        double look = inside ? rate * d + MOMENTUM * v[i] : rate * (d + MOMENTUM * v[i]);
        w[i] -= ahead ? look : along;
      }
    }
    for (int i = 0; i < N; i++) {
      // six steps in float32 of parameters of about 1
      assertThat((double) run.parameters()[i])
          .as(
              "%s: normOfSum %s, clip %s, inside %s, nesterov %s, element %d",
              seed, normOfSum, clip, inside, ahead, i)
          .isCloseTo(w[i], within(3e-6));
    }
  }

  @Test
  void aZeroNormLeavesTheRateAsItIs() {
    TensorSpec tensor = new TensorSpec("w", List.of(2), Role.WEIGHT);
    Layout layout = Layout.of(List.of(tensor), 1);
    ShardedRun fromZero =
        new ShardedRun(layout, Clip.NONE, lars(false, false, true, false), 2, new float[2]);
    fromZero.step(new Update(1, 0.5), new float[] {1, -2});
    assertThat(fromZero.parameters()).containsExactly(-0.5f, 1);
    ShardedRun still =
        new ShardedRun(layout, Clip.NONE, lars(false, false, true, false), 2, new float[] {2, 0});
    still.step(new Update(1, 0.5), new float[2]);
    assertThat(still.parameters()).containsExactly(2 - 0.5f * (0.1f * 2), 0);
  }

  private static float[] gaussians(Random random) {
    float[] values = new float[N];
    for (int i = 0; i < N; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static double norm(double[] x) {
    double sum = 0;
    for (double value : x) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }
}
