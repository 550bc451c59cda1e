package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.GoldenCases;
import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Variants.Variant;
import io.lockstep.common.optim.clip.Clips;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every rule of the registry must do, by being in it. */
class UpdateRulesContractTest {
  private static final Clip GLOBAL_NORM =
      Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", 0.5)));

  static List<Variant> variants() {
    return Variants.ALL;
  }

  private static List<TensorSpec> tensors() {
    return List.of(
        new TensorSpec("hidden.W", List.of(13, 17), Role.WEIGHT),
        new TensorSpec("hidden.b", List.of(17), Role.BIAS),
        new TensorSpec("norm.gain", List.of(17), Role.NORM),
        new TensorSpec("output.W", List.of(17, 3), Role.WEIGHT));
  }

  private static float[] gaussians(Random random, int n, double scale) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  @Test
  void everyRuleHasVariantsAndAReferenceCase() {
    assertThat(Optimizers.REGISTRY.entries().stream().map(Registry.Entry::name))
        .containsExactlyInAnyOrderElementsOf(
            Variants.ALL.stream().map(Variant::type).collect(Collectors.toSet()));
    Assumptions.assumeTrue(System.getProperty("golden.dir", "").isEmpty());
    assertThat(
            GoldenCases.of("optimizers").stream()
                .map(golden -> golden.options("optimizer").get(Registry.TYPE)))
        .containsAll(Optimizers.REGISTRY.entries().stream().map(Registry.Entry::name).toList());
  }

  @Test
  void everyFlagAndChoiceIsVaried() {
    for (Registry.Entry<UpdateRule> entry : Optimizers.REGISTRY.entries()) {
      for (Key<?> key : entry.keys()) {
        Variants.values(key)
            .forEach(
                value ->
                    assertThat(Variants.ALL)
                        .as("%s with %s: %s", entry.name(), key.name(), value)
                        .anyMatch(
                            variant ->
                                variant.type().equals(entry.name())
                                    && value.equals(variant.options().get(key.name()))));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void shardsChangeNoBit(Variant variant) {
    TestSeed seed = TestSeed.draw();
    int drawn = 1 + seed.random().nextInt(60);
    for (int chunkElements : new int[] {1, 5, 34, drawn, 65536}) {
      Layout layout = Layout.of(tensors(), chunkElements, variant.rule()::whole);
      float[] whole = train(variant.rule(), GLOBAL_NORM, layout, 1, seed);
      assertThat(whole).doesNotContain(Float.NaN);
      for (int shards : new int[] {2, 3, 5, 7}) {
        assertThat(train(variant.rule(), GLOBAL_NORM, layout, shards, seed))
            .as("%s: chunks of %d on %d shards", seed, chunkElements, shards)
            .isEqualTo(whole);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void chunksChangeNoBitOfARuleWithoutRounds(Variant variant) {
    Assumptions.assumeTrue(variant.rule().rounds() == 0);
    TestSeed seed = TestSeed.draw();
    float[] whole =
        train(
            variant.rule(), Clip.NONE, Layout.of(tensors(), 65536, variant.rule()::whole), 1, seed);
    for (int chunkElements : new int[] {1, 5, 34}) {
      Layout layout = Layout.of(tensors(), chunkElements, variant.rule()::whole);
      assertThat(train(variant.rule(), Clip.NONE, layout, 3, seed))
          .as("%s: chunks of %d", seed, chunkElements)
          .isEqualTo(whole);
    }
  }

  /** Twenty updates with the seed's gradients, at a rate that changes. */
  private static float[] train(
      UpdateRule rule, Clip clip, Layout layout, int shards, TestSeed seed) {
    Random random = seed.random();
    int n = (int) layout.size();
    ShardedRun run = new ShardedRun(layout, clip, rule, shards, gaussians(random, n, 0.3));
    for (int t = 1; t <= 20; t++) {
      run.step(new Update(t, 0.01 / t, 0.01), gaussians(random, n, 0.1));
    }
    return run.parameters();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void stateSavedAndRestoredGivesTheSameBits(Variant variant) {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    Layout layout = Layout.of(tensors(), 34, variant.rule()::whole);
    int n = (int) layout.size();
    float[] start = gaussians(random, n, 0.3);
    ShardedRun straight = new ShardedRun(layout, GLOBAL_NORM, variant.rule(), 2, start);
    ShardedRun resumed = new ShardedRun(layout, GLOBAL_NORM, variant.rule(), 3, start);
    for (int t = 1; t <= 10; t++) {
      float[] gradient = gaussians(random, n, 0.1);
      straight.step(new Update(t, 0.01), gradient);
      if (t == 5) {
        resumed.restore(straight);
      } else if (t > 5) {
        resumed.step(new Update(t, 0.01), gradient);
      }
    }
    assertThat(resumed.parameters()).as(seed.toString()).isEqualTo(straight.parameters());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void zeroGradientsMoveNothingWithoutDecay(Variant variant) {
    TestSeed seed = TestSeed.draw();
    Layout layout = Layout.of(tensors(), 34, variant.rule()::whole);
    int n = (int) layout.size();
    float[] start = gaussians(seed.random(), n, 0.3);
    start[5] = 0;
    ShardedRun run = new ShardedRun(layout, GLOBAL_NORM, variant.withoutDecay(), 2, start);
    for (int t = 1; t <= 10; t++) {
      run.step(new Update(t, 0.1), new float[n]);
    }
    assertThat(run.parameters()).as(seed.toString()).isEqualTo(start);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void zeroGradientsWithDecayMakeTheParametersNoLarger(Variant variant) {
    TestSeed seed = TestSeed.draw();
    Layout layout = Layout.of(tensors(), 34, variant.rule()::whole);
    int n = (int) layout.size();
    float[] start = gaussians(seed.random(), n, 0.3);
    ShardedRun run = new ShardedRun(layout, Clip.NONE, variant.rule(), 2, start);
    run.step(new Update(1, 0.001), new float[n]);
    // not element by element: adam's step of one size carries a tiny parameter past zero
    assertThat(distance(run.parameters(), new float[n]))
        .as(seed.toString())
        .isLessThanOrEqualTo(distance(start, new float[n]));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aQuadraticIsBroughtToItsMinimum(Variant variant) {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    Layout layout = Layout.of(tensors(), 34, variant.rule()::whole);
    int n = (int) layout.size();
    float[] minimum = gaussians(random, n, 1);
    float[] start = gaussians(random, n, 1);
    double[] curvature = random.doubles(n, 0.5, 2).toArray();
    ShardedRun run = new ShardedRun(layout, Clip.NONE, variant.rule(), 2, start);
    int steps = 1000;
    for (int t = 1; t <= steps; t++) {
      float[] w = run.parameters();
      float[] gradient = new float[n];
      for (int i = 0; i < n; i++) {
        gradient[i] = (float) (curvature[i] * (w[i] - minimum[i]));
      }
      double rate = variant.rate() * (steps - t) / steps;
      run.step(new Update(t, rate, variant.rate()), gradient);
    }
    // decay of 1e-4 moves the minimum by at most 2e-4 of itself, lamb's adds its trust ratio
    assertThat(distance(run.parameters(), minimum))
        .as(seed.toString())
        .isLessThan(0.01 * distance(start, minimum));
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @MethodSource("variants")
  void stateHasANameForEveryArray(Variant variant) {
    Layout layout = Layout.of(tensors(), 34, variant.rule()::whole);
    UpdatePlan plan = UpdatePlan.create(layout, Clip.NONE, variant.rule());
    layout.chunks().forEach(chunk -> assertThat(plan.stateNames(chunk)).doesNotHaveDuplicates());
  }
}
