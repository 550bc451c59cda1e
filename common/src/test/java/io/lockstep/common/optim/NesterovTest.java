package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nesterov's method as it is mostly written, and as {@link Sgd} computes it. */
class NesterovTest {
  private static final int N = 40;
  private static final double RATE = 0.05;
  private static final double MOMENTUM = 0.9;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGradientTakenAheadGivesTheSameAfterTheChangeOfVariables(boolean rateInside) {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    double[] curvature = random.doubles(N, 0.5, 10).toArray();
    double[] minimum = random.doubles(N, -1, 1).toArray();
    double[] theta = random.doubles(N, -1, 1).toArray();
    double[] velocity = new double[N];
    ShardedRun run = sgd(rateInside, theta);
    for (int t = 1; t <= 100; t++) {
      float[] w = run.parameters();
      float[] gradient = new float[N];
      for (int i = 0; i < N; i++) {
        gradient[i] = (float) (curvature[i] * (w[i] - minimum[i]));
      }
      run.step(new Update(t, RATE), gradient);

      for (int i = 0; i < N; i++) {
        double ahead = theta[i] - RATE * MOMENTUM * velocity[i];
        velocity[i] = MOMENTUM * velocity[i] + curvature[i] * (ahead - minimum[i]);
        theta[i] -= RATE * velocity[i];
      }
      for (int i = 0; i < N; i++) {
        // float32 against double: the quadratic draws errors in as it draws the parameters
        assertThat((double) run.parameters()[i])
            .as("%s: the point ahead, element %d after step %d", seed, i, t)
            .isCloseTo(theta[i] - RATE * MOMENTUM * velocity[i], within(3e-6));
      }
    }
    // and they have come somewhere
    assertThat(theta[0]).as(seed.toString()).isCloseTo(minimum[0], within(0.1));
  }

  private static ShardedRun sgd(boolean rateInside, double[] start) {
    Layout layout = Layout.of(List.of(new TensorSpec("w", List.of(N), Role.WEIGHT)), N);
    UpdateRule rule =
        Optimizers.create(
            Options.of(
                "optimizer",
                Map.of(
                    "type",
                    "sgd",
                    "momentum",
                    MOMENTUM,
                    "nesterov",
                    true,
                    "rateInsideVelocity",
                    rateInside)));
    float[] parameters = new float[N];
    for (int i = 0; i < N; i++) {
      parameters[i] = (float) start[i];
    }
    return new ShardedRun(layout, Clip.NONE, rule, 1, parameters);
  }
}
