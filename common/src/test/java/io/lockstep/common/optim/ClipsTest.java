package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.clip.Clips;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
  void anAdaptiveClipLimitsEveryFilterOfAConvolutionOnItsOwn() {
    TensorSpec filters = new TensorSpec("conv.W", List.of(3, 2, 2, 2), Role.WEIGHT);
    float[] start = new float[24];
    float[] gradient = new float[24];
    Arrays.fill(start, 0, 8, 1); // a norm of sqrt(8)
    Arrays.fill(start, 8, 24, 2);
    Arrays.fill(gradient, 3); // a norm of 3 sqrt(8) a filter, the limit's half of it or all
    gradient[8] = 0;
    UpdateRule sgd = Optimizers.create(Options.of("optimizer", Map.of("type", "sgd")));
    for (int chunkElements : new int[] {1, 3, 4, 8, 100}) {
      Layout layout = Layout.of(List.of(filters), chunkElements);
      Clip clip = clip("type", "adaptive", "maximum", 1.5);
      ShardedRun run = new ShardedRun(layout, clip, sgd, 2, start);
      run.step(new Update(1, 1), gradient);
      float[] moved = run.parameters();
      for (int i = 0; i < 24; i++) {
        float limited = i < 8 ? 1.5f : gradient[i];
        assertThat(start[i] - moved[i])
            .as("element %d, chunks of %d", i, chunkElements)
            .isCloseTo(limited, within(1e-6f));
      }
    }
  }

  @Test
  void shardsChangeNoBitOfAnyClip() {
    TestSeed seed = TestSeed.draw();
    List<TensorSpec> tensors =
        List.of(
            new TensorSpec("conv.W", List.of(3, 2, 2, 5), Role.WEIGHT),
            new TensorSpec("w", List.of(7, 5), Role.WEIGHT),
            new TensorSpec("b", List.of(5), Role.BIAS));
    UpdateRule sgd = Optimizers.create(Options.of("optimizer", Map.of("type", "sgd")));
    for (Registry.Entry<Clip> entry : Clips.REGISTRY.entries()) {
      Clip clip =
          entry.name().equals("none")
              ? clip("type", "none")
              : clip("type", entry.name(), "maximum", 0.05);
      Random random = seed.random();
      for (int trial = 0; trial < 20; trial++) {
        Layout layout = Layout.of(tensors, 1 + random.nextInt(30));
        float[] start = new float[100];
        float[] gradient = new float[100];
        for (int i = 0; i < 100; i++) {
          start[i] = (float) random.nextGaussian();
          gradient[i] = (float) random.nextGaussian();
        }
        ShardedRun one = new ShardedRun(layout, clip, sgd, 1, start);
        ShardedRun several = new ShardedRun(layout, clip, sgd, 2 + random.nextInt(6), start);
        one.step(new Update(1, 1), gradient);
        several.step(new Update(1, 1), gradient);
        assertThat(several.parameters())
            .as("%s: %s, chunks of %d", seed, entry.name(), layout.chunkElements())
            .isEqualTo(one.parameters());
      }
    }
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
