package io.lockstep.common.optim.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.clip.Clips;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossScaleTest {
  private static LossScale scale(Map<String, Object> options) {
    return LossScales.create(Options.of("wire.lossScale", options));
  }

  @Test
  void theDynamicScaleMovesAsTorchsGradScaler() {
    LossScale scale = scale(Map.of("type", "dynamic", "growthInterval", 3));
    LossScale.State state = scale.first();
    assertThat(state.scale()).isEqualTo(65536);
    state = scale.afterOverflow(state);
    assertThat(state).isEqualTo(new LossScale.State(15, 0, 1));
    state = scale.afterUpdate(scale.afterUpdate(state));
    assertThat(state).isEqualTo(new LossScale.State(15, 2, 1));
    state = scale.afterUpdate(state);
    assertThat(state).as("grown").isEqualTo(new LossScale.State(16, 0, 1));
    state = scale.afterOverflow(scale.afterUpdate(state));
    assertThat(state)
        .as("the count of good steps begins anew")
        .isEqualTo(new LossScale.State(15, 0, 2));
  }

  @Test
  void factorsAreThoseOfTheConfiguration() {
    LossScale scale =
        scale(
            Map.of(
                "type",
                "dynamic",
                "initial",
                0.25,
                "growthFactor",
                4,
                "backoffFactor",
                0.125,
                "growthInterval",
                1));
    assertThat(scale.first().scale()).isEqualTo(0.25);
    assertThat(scale.afterUpdate(scale.first()).scale()).isEqualTo(1);
    assertThat(scale.afterOverflow(scale.first()).scale()).isEqualTo(1.0 / 32);
  }

  @Test
  void aStaticScaleAndNoneNeverMove() {
    LossScale fixed = scale(Map.of("type", "static", "scale", 1024));
    assertThat(fixed.afterOverflow(fixed.first())).isEqualTo(new LossScale.State(10, 0, 1));
    assertThat(fixed.afterUpdate(fixed.first())).isEqualTo(new LossScale.State(10, 1, 0));
    assertThat(scale(Map.of("type", "none")).first().scale()).isEqualTo(1);
    assertThat(LossScales.create(Options.empty()).first().scale()).isEqualTo(1);
    assertThat(fixed.isExhausted(new LossScale.State(LossScale.LEAST, 0, 0))).isFalse();
  }

  @Test
  void theScaleStaysWithinItsLimits() {
    LossScale scale = LossScale.dynamic(0, 16, -16, 1);
    LossScale.State least = scale.first();
    LossScale.State most = scale.first();
    for (int i = 0; i < 10; i++) {
      least = scale.afterOverflow(least);
      most = scale.afterUpdate(most);
    }
    assertThat(least.exponent()).isEqualTo(LossScale.LEAST);
    assertThat(scale.isExhausted(least)).isTrue();
    assertThat(most.exponent()).isEqualTo(LossScale.MOST);
    assertThat(scale.isExhausted(most)).isFalse();
  }

  @Test
  void theStateComesBackFromItsNumbers() {
    LossScale.State state = new LossScale.State(-7, 1_999, 12_345_678_901L);
    assertThat(LossScale.State.of(state.numbers())).isEqualTo(state);
    assertThatThrownBy(() -> LossScale.State.of(List.of()))
        .hasMessage("a loss scale's state must be exponent, good steps, skipped steps, got []");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          scale ~ 1000 ~ wire.lossScale.scale must be a power of two, so that it changes no bit, got 1000
          scale ~ 0 ~ wire.lossScale.scale must be in [5.9604644775390625E-8, 1099511627776], got 0
          initial ~ 3 ~ wire.lossScale.initial must be a power of two, so that it changes no bit, got 3
          growthFactor ~ 1 ~ wire.lossScale.growthFactor must be in [2, 65536], got 1
          growthFactor ~ 3 ~ wire.lossScale.growthFactor must be a power of two, so that it changes no bit, got 3
          backoffFactor ~ 0.3 ~ wire.lossScale.backoffFactor must be a power of two, so that it changes no bit, got 0.3
          backoffFactor ~ 1 ~ wire.lossScale.backoffFactor must be in [1.52587890625E-5, 0.5], got 1
          growthInterval ~ 0 ~ wire.lossScale.growthInterval must be in [1, 1000000000000000], got 0
          """)
  void whatIsNoPowerOfTwoIsRefused(String key, String value, String message) {
    String type = key.equals("scale") ? "static" : "dynamic";
    Object number = value.contains(".") ? (Object) Double.valueOf(value) : Long.valueOf(value);
    assertThatThrownBy(() -> scale(Map.of("type", type, key, number)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void anUnknownTypeIsRefusedByName() {
    assertThatThrownBy(() -> scale(Map.of("type", "dynamc")))
        .hasMessageStartingWith(
            "unknown loss scale 'dynamc', did you mean 'dynamic'? known: none, static, dynamic");
  }

  private static final Layout LAYOUT =
      Layout.of(
          List.of(
              new TensorSpec("a", List.of(4), Role.BIAS),
              new TensorSpec("b", List.of(2), Role.BIAS)),
          3);

  @Test
  void theCheckComesBeforeTheClipWhoseRoundsCountFromZero() {
    Clip clip = Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", 1.0)));
    UpdatePlan plan =
        UpdatePlan.create(
                LAYOUT, clip, Optimizers.create(Options.of("optimizer", Map.of("type", "sgd"))))
            .withLossScale(LossScale.fixed(0));
    assertThat(plan.rounds()).isEqualTo(2);
    Chunk chunk = LAYOUT.chunks().get(0);
    float[] gradient = {3, 4, 0};
    ChunkState state = plan.newChunk(chunk, new float[3], gradient);
    Totals totals = plan.newTotals();
    double[] sums = new double[plan.sums(0, state.tensor())];
    Update update = new Update(1, 1, 1);
    plan.round(0, state, update, totals, sums);
    assertThat(sums).containsExactly(0);
    totals.set(0, new double[][] {{0}, {0}});
    plan.round(1, state, update, totals, sums);
    assertThat(sums).containsExactly(25);
    totals.set(1, new double[][] {{25}, {0}});
    plan.apply(state, update, totals);
    float factor = (float) (1 / (5 + 1e-6));
    assertThat(state.parameters()).containsExactly(-3 * factor, -4 * factor, 0);
  }

  @Test
  void oneElementThatIsNotFiniteIsFoundInAnyTensor() {
    OverflowCheck check = new OverflowCheck(Clip.NONE);
    Chunk chunk = LAYOUT.chunks().get(0);
    TensorSpec tensor = LAYOUT.tensorOf(chunk);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] gradient = {1, 2, bad};
      double[] sums = {0};
      ChunkState state = new ChunkState(tensor, chunk, new float[3], gradient, new float[0][]);
      UpdatePlan plan =
          UpdatePlan.create(
              LAYOUT, check, Optimizers.create(Options.of("optimizer", Map.of("type", "sgd"))));
      plan.round(OverflowCheck.ROUND, state, new Update(1, 1, 1), plan.newTotals(), sums);
      assertThat(sums).containsExactly(1);
    }
    assertThat(OverflowCheck.overflowed(new double[][] {{0}, {1}})).isTrue();
    assertThat(OverflowCheck.overflowed(new double[][] {{0}, {0}})).isFalse();
  }
}
