package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.clip.Clips;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What clips do to a gradient on its way to the rule. */
class ClipsTest {
  private static final Layout LAYOUT =
      Layout.of(
          List.of(
              new TensorSpec("w", List.of(2, 3), Role.WEIGHT),
              new TensorSpec("b", List.of(2), Role.BIAS)),
          2);

  private static Clip clip(Object... settings) {
    var options = new java.util.LinkedHashMap<String, Object>();
    for (int i = 0; i < settings.length; i += 2) {
      options.put(String.valueOf(settings[i]), settings[i + 1]);
    }
    return Clips.create(Options.of("clip", options));
  }

  /** What sgd with rate 1 subtracts is the clipped gradient. */
  private static float[] clipped(Clip clip, float... gradient) {
    UpdateRule sgd = Optimizers.create(Options.of("optimizer", Map.of("type", "sgd")));
    ShardedRun run = new ShardedRun(LAYOUT, clip, sgd, 3, new float[8]);
    run.step(new Update(1, 1), gradient);
    float[] moved = run.parameters();
    for (int i = 0; i < moved.length; i++) {
      moved[i] = 0 - moved[i]; // and never -0
    }
    return moved;
  }

  @Test
  void aGradientBelowTheMaximumIsLeftAsItIs() {
    float[] gradient = {0.1f, -0.2f, 0.3f, 0, 0.1f, 0.1f, -0.3f, 0.2f};
    assertThat(clipped(clip("type", "global-norm", "maximum", 1.0), gradient)).isEqualTo(gradient);
  }

  @Test
  void aGradientAboveTheMaximumIsScaledOverAllTensors() {
    float[] gradient = {3, 0, 0, 0, 0, 0, 0, -4};
    float factor = (float) (1 / (5 + 1e-6));
    assertThat(clipped(clip("type", "global-norm", "maximum", 1.0), gradient))
        .containsExactly(3 * factor, 0, 0, 0, 0, 0, 0, -4 * factor);
  }

  @Test
  void noSectionAndTypeNoneClipNothing() {
    float[] gradient = {3, 1, 2, 0, 5, 0, 0, -4e6f};
    assertThat(clipped(Clips.create(Options.empty()), gradient)).isEqualTo(gradient);
    assertThat(clipped(clip("type", "none"), gradient)).isEqualTo(gradient);
  }

  @Test
  void aRuleWithRoundsSeesTheGradientClippedOnce() {
    UpdateRule lamb =
        Optimizers.create(Options.of("optimizer", Map.of("type", "lamb", "preNormalize", true)));
    float[] start = {1, 2, 3, 4, 5, 6, 7, 8};
    float[] gradient = {3, 0, 0, 0, 0, 0, 0, -4};
    Clip clip = clip("type", "global-norm", "maximum", 1.0);
    ShardedRun clipping = new ShardedRun(LAYOUT, clip, lamb, 2, start);
    ShardedRun before = new ShardedRun(LAYOUT, Clip.NONE, lamb, 1, start);
    for (int t = 1; t <= 3; t++) {
      clipping.step(new Update(t, 0.1), gradient);
      before.step(new Update(t, 0.1), clipped(clip, gradient));
    }
    assertThat(clipping.parameters()).isEqualTo(before.parameters());
  }

  @Test
  void theRoundsOfClipAndRuleFollowOneAnother() {
    UpdateRule lamb = Optimizers.create(Options.of("optimizer", Map.of("type", "lamb")));
    UpdatePlan plan = UpdatePlan.create(LAYOUT, clip("type", "global-norm", "maximum", 1.0), lamb);
    assertThat(plan.rounds()).isEqualTo(2);
    TensorSpec weight = LAYOUT.tensors().get(0);
    TensorSpec bias = LAYOUT.tensors().get(1);
    assertThat(List.of(plan.sums(0, weight), plan.sums(0, bias))).containsExactly(1, 1);
    assertThat(List.of(plan.sums(1, weight), plan.sums(1, bias))).containsExactly(2, 0);
  }

  @Test
  void badSettingsAreRefusedByText() {
    assertThatThrownBy(() -> clip("type", "global-norm"))
        .hasMessage("clip.maximum is missing; it must be a number, > 0 (program)");
    assertThatThrownBy(() -> clip("type", "global-norm", "maximum", 0))
        .hasMessage("clip.maximum must be > 0, got 0 (program)");
    assertThatThrownBy(() -> clip("type", "global-nrom", "maximum", 1))
        .hasMessageStartingWith("unknown clip 'global-nrom', did you mean 'global-norm'? known: ");
    assertThatThrownBy(() -> clip("type", "global-norm", "maximum", 1, "minimum", 1))
        .hasMessage(
            "unknown key 'clip.minimum', did you mean 'maximum'? known here: type, maximum"
                + " (program)");
  }
}
