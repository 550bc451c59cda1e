package io.lockstep.driver.server.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.UpdatePlan;
import io.lockstep.common.optim.UpdateRule;
import io.lockstep.common.optim.clip.Clips;
import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step that overflows the form of the wire, at the servers. */
class SkippedStepTest {
  private static final List<TensorSpec> TENSORS =
      List.of(
          new TensorSpec("hidden.W", List.of(7, 5), Role.WEIGHT),
          new TensorSpec("hidden.b", List.of(5), Role.BIAS),
          new TensorSpec("output.W", List.of(3, 11), Role.WEIGHT));
  private static final ReductionTree TREE = ReductionTree.of(1);
  private static final LossScale DYNAMIC = LossScale.dynamic(16, 1, -1, 2);

  private final TestSeed seed = TestSeed.draw();
  private final Random random = seed.random();

  /** All shards of a model in one place, and what they told. */
  private static final class Shards implements ShardEvents {
    private final List<ParameterShard> shards = new ArrayList<>();
    private final RoundTotals roundTotals;
    private final List<RoundSums> rounds = new ArrayList<>();
    private final List<StepReport> reports = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Shards(UpdatePlan plan, Layout layout, int servers, long... rates) {
      this.roundTotals = new RoundTotals(layout);
      for (List<Chunk> chunks : layout.shards(servers)) {
        ParameterShard shard =
            new ParameterShard(
                TREE, layout, chunks, plan, step -> 0.01 / rates[(int) step], 0.01, 0);
        Random first = new Random(7);
        for (Chunk chunk : layout.chunks()) {
          float[] values = new float[chunk.length()];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) first.nextGaussian();
          }
          if (chunks.contains(chunk)) {
            shard.initialize(chunk, values);
          }
        }
        if (!chunks.isEmpty()) {
          shards.add(shard);
        }
      }
    }

    /** A step in which one worker hands over a gradient, multiplied by the scale it was told. */
    void step(long step, float[] gradient) throws ShardException {
      for (ParameterShard shard : shards) {
        int exponent = shard.scaleExponent(step);
        shard.requireScale(step, shard.firstChunk(), exponent);
        shard.sums(step, 1, true, new Scalars(0.5, 3, 1, 1), this);
        for (Chunk chunk : shard.chunks()) {
          float[] scaled = new float[chunk.length()];
          for (int i = 0; i < scaled.length; i++) {
            scaled[i] = gradient[(int) chunk.offset() + i] * Math.scalb(1f, exponent);
          }
          shard.gradient(step, 1, chunk.index(), FloatBuffer.wrap(scaled), this);
        }
      }
      while (!rounds.isEmpty()) {
        RoundSums part = rounds.remove(0);
        double[][] totals = roundTotals.add(part);
        if (totals != null) {
          shards.forEach(shard -> shard.totals(part.step(), part.round(), totals, this));
        }
      }
    }

    /** All parameters and state, as bits. */
    Map<String, List<Integer>> everything() {
      Map<String, List<Integer>> everything = new HashMap<>();
      for (ParameterShard shard : shards) {
        shard.forEachChunk(
            (chunk, parameters, state) -> {
              everything.put(chunk.index() + " parameters", bits(parameters));
              for (int k = 0; k < state.length; k++) {
                everything.put(chunk.index() + " state " + k, bits(state[k]));
              }
            });
      }
      return everything;
    }

    private static List<Integer> bits(float[] values) {
      List<Integer> bits = new ArrayList<>();
      for (float value : values) {
        bits.add(Float.floatToRawIntBits(value));
      }
      return bits;
    }

    @Override
    public void chunkReady(int index, long version) {}

    @Override
    public void roundReady(RoundSums sums) {
      rounds.add(sums);
    }

    @Override
    public void stepDone(StepReport report) {
      reports.add(report);
    }

    @Override
    public void failed(StepFailure failure) {
      failures.add(failure.message());
    }
  }

  private static UpdateRule rule(Registry.Entry<UpdateRule> entry) {
    Map<String, Object> options = new HashMap<>();
    options.put("type", entry.name());
    entry.keys().stream().filter(Key::isRequired).forEach(key -> options.put(key.name(), 0.1));
    return Optimizers.create(Options.of("optimizer", options));
  }

  private float[] gradient() {
    float[] gradient = new float[35 + 5 + 33];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) random.nextGaussian();
    }
    return gradient;
  }

  private static Clip clip() {
    return Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", 0.1)));
  }

  static Stream<Registry.Entry<UpdateRule>> rules() {
    return Optimizers.REGISTRY.entries().stream();
  }

  /** The run with a step skipped is the run that never had it, its rate left out. */
  @ParameterizedTest
  @MethodSource("rules")
  void aSkippedStepLeavesNoTraceInParametersAndStateOfAnyRule(Registry.Entry<UpdateRule> entry)
      throws ShardException {
    UpdateRule rule = rule(entry);
    Layout layout = Layout.of(TENSORS, 9, rule::whole);
    for (Clip clip : List.of(Clip.NONE, clip())) {
      UpdatePlan plan = UpdatePlan.create(layout, clip, rule).withLossScale(DYNAMIC);
      Shards skipping = new Shards(plan, layout, 2, 1, 2, 3, 4);
      Shards plain = new Shards(UpdatePlan.create(layout, clip, rule), layout, 2, 1, 3, 4);
      float[] first = gradient();
      float[] bad = gradient();
      bad[random.nextInt(bad.length)] = Float.POSITIVE_INFINITY;
      skipping.step(0, first);
      plain.step(0, first);
      Map<String, List<Integer>> before = skipping.everything();
      skipping.step(1, bad);
      assertThat(skipping.everything()).as("%s: %s", seed, entry.name()).isEqualTo(before);
      for (int step = 1; step < 3; step++) {
        float[] next = gradient();
        skipping.step(step + 1, next);
        plain.step(step, next);
      }
      assertThat(skipping.failures).isEmpty();
      assertThat(skipping.everything())
          .as("%s: %s", seed, entry.name())
          .isEqualTo(plain.everything())
          .isNotEqualTo(before);
    }
  }

  private static Shards adam(LossScale scale, int servers) {
    UpdateRule rule = Optimizers.create(Options.of("optimizer", Map.of("type", "adam")));
    Layout layout = Layout.of(TENSORS, 9);
    UpdatePlan plan = UpdatePlan.create(layout, Clip.NONE, rule).withLossScale(scale);
    return new Shards(plan, layout, servers, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void oneBadElementSkipsTheStepOfAllShardsAlike() throws ShardException {
    List<float[]> gradients = new ArrayList<>();
    for (int step = 0; step < 7; step++) {
      gradients.add(gradient());
    }
    gradients.get(1)[random.nextInt(73)] = Float.NaN;
    gradients.get(2)[random.nextInt(73)] = Float.NEGATIVE_INFINITY;
    List<Map<String, List<Integer>>> found = new ArrayList<>();
    for (int servers : new int[] {1, 2, 3, 5}) {
      Shards shards = adam(DYNAMIC, servers);
      for (int step = 0; step < 7; step++) {
        shards.step(step, gradients.get(step));
      }
      assertThat(shards.failures).isEmpty();
      assertThat(shards.shards).hasSize(servers);
      for (ParameterShard shard : shards.shards) {
        assertThat(scaledSteps(shards, shard))
            .containsExactly(
                new ScaledStep(65536, false),
                new ScaledStep(65536, true),
                new ScaledStep(32768, true),
                new ScaledStep(16384, false),
                new ScaledStep(16384, false),
                new ScaledStep(32768, false),
                new ScaledStep(32768, false));
        assertThat(shard.numbers()).containsExactly(16.0, 0.0, 2.0);
        assertThat(shard.step()).isEqualTo(7);
      }
      found.add(shards.everything());
    }
    assertThat(found).allMatch(found.get(0)::equals);
  }

  private static List<ScaledStep> scaledSteps(Shards shards, ParameterShard shard) {
    return shards.reports.stream()
        .filter(report -> report.firstChunk() == shard.firstChunk())
        .map(StepReport::scaled)
        .toList();
  }

  @Test
  void aShardThatIsLoadedGoesOnWithTheScaleOfTheCheckpoint() throws ShardException {
    Shards shards = adam(DYNAMIC, 2);
    float[] bad = gradient();
    bad[0] = Float.NaN;
    shards.step(0, bad);
    List<Double> numbers = shards.shards.get(1).numbers();
    assertThat(numbers).isEqualTo(shards.shards.get(0).numbers()).containsExactly(15.0, 0.0, 1.0);
    Shards loaded = adam(DYNAMIC, 3);
    loaded.shards.forEach(shard -> shard.load(numbers));
    assertThat(loaded.shards.get(2).scaleExponent(0)).isEqualTo(15);
    assertThat(loaded.shards.get(2).numbers()).isEqualTo(numbers);
  }

  @Test
  void aVersionIsToldWithItsOwnScaleAndAnotherIsRefused() throws ShardException {
    Shards shards = adam(DYNAMIC, 1);
    ParameterShard shard = shards.shards.get(0);
    float[] bad = gradient();
    Arrays.fill(bad, Float.NaN);
    shards.step(0, bad);
    assertThat(shard.scaleExponent(0)).as("may still be pulled").isEqualTo(16);
    assertThat(shard.scaleExponent(1)).isEqualTo(15);
    shard.requireScale(0, 0, 3);
    assertThatThrownBy(() -> shard.requireScale(1, 0, 16))
        .isInstanceOf(ShardException.class)
        .hasMessage("loss scale of step 1 must be 2^15, got 2^16");
  }

  @Test
  void withoutALossScaleNoneIsTaken() throws ShardException {
    UpdateRule rule = Optimizers.create(Options.of("optimizer", Map.of("type", "sgd")));
    Layout layout = Layout.of(TENSORS, 9);
    Shards shards = new Shards(UpdatePlan.create(layout, Clip.NONE, rule), layout, 1, 1);
    ParameterShard shard = shards.shards.get(0);
    shard.requireScale(0, 0, 0);
    assertThatThrownBy(() -> shard.requireScale(0, 0, 1))
        .hasMessage("loss scale must be 2^0, got 2^1");
    assertThat(shard.scaleExponent(0)).isZero();
    assertThat(shard.numbers()).isEmpty();
    shards.step(0, gradient());
    assertThat(shards.reports.get(0).scaled()).isNull();
  }

  @Test
  void aScaleThatCanGoNoLowerStopsTheRun() throws ShardException {
    Shards shards = adam(LossScale.dynamic(LossScale.LEAST + 1, 1, -1, 1000), 1);
    float[] bad = gradient();
    bad[5] = Float.NaN;
    shards.step(0, bad);
    assertThat(shards.failures).isEmpty();
    shards.step(1, bad);
    assertThat(shards.failures)
        .containsExactly(
            "step 2: gradients overflow wire.gradients at the least loss scale, 2^-24; lower"
                + " optimizer.learningRate, or set wire.gradients to float32");
  }
}
