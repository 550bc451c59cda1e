package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ParameterGroups.Group;
import io.lockstep.common.optim.Variants.Variant;
import io.lockstep.common.optim.clip.Clips;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules, rates and settings by tensor: what may be written, and that no shard changes a bit. */
class ParameterGroupsTest {
  private static final TensorSpec HIDDEN_W =
      new TensorSpec("hidden.W", List.of(13, 17), Role.WEIGHT);
  private static final TensorSpec HIDDEN_B = new TensorSpec("hidden.b", List.of(17), Role.BIAS);
  private static final TensorSpec GAIN = new TensorSpec("norm.gain", List.of(17), Role.NORM);
  private static final TensorSpec OUTPUT_W =
      new TensorSpec("output.W", List.of(17, 3), Role.WEIGHT);
  private static final TensorSpec OUTPUT_B = new TensorSpec("output.b", List.of(3), Role.BIAS);
  private static final List<TensorSpec> TENSORS =
      List.of(HIDDEN_W, HIDDEN_B, GAIN, OUTPUT_W, OUTPUT_B);

  private static final Clip GLOBAL_NORM =
      Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", 0.5)));

  private static Options section(Map<String, ?> settings, Map<?, ?>... groups) {
    var section = new LinkedHashMap<String, Object>(settings);
    section.put("groups", List.of(groups));
    return Options.of("optimizer", section);
  }

  private static ParameterGroups read(Options section) {
    return ParameterGroups.of(section, TENSORS);
  }

  private static final Map<String, Object> ADAMW =
      Map.of("type", "adamw", "weightDecay", 0.02, "amsgrad", true);

  @Test
  void aTensorFollowsTheFirstGroupThatMatchesAndOtherwiseTheSection() {
    List<Group> groups =
        read(section(
                ADAMW,
                Map.of("tensors", List.of("*.b"), "weightDecay", 0),
                Map.of("roles", List.of("bias", "norm"), "rateFactor", 2),
                Map.of("tensors", List.of("out???.*"), "roles", List.of("weight"))))
            .groups();
    assertThat(groups.stream().map(Group::tensors))
        .containsExactly(
            List.of(HIDDEN_B, OUTPUT_B), List.of(GAIN), List.of(OUTPUT_W), List.of(HIDDEN_W));
    assertThat(groups.stream().map(Group::name))
        .containsExactly(
            "optimizer.groups[0]", "optimizer.groups[1]", "optimizer.groups[2]", "optimizer");
    assertThat(groups.stream().map(Group::rateFactor)).containsExactly(1.0, 2.0, 1.0, 1.0);
  }

  @Test
  void aGroupHasTheSectionsSettingsUnlessItHasAnotherType() {
    UpdateRule rule =
        read(section(
                ADAMW,
                Map.of("tensors", List.of("hidden.b"), "weightDecay", 0),
                Map.of("tensors", List.of("output.b"), "type", "adamw"),
                Map.of("tensors", List.of("norm.*"), "type", "adam"),
                Map.of("tensors", List.of("output.W"), "type", "sgd", "momentum", 0.9)))
            .rule();
    assertThat(TENSORS.stream().map(rule::stateNames))
        .containsExactly(
            List.of("m", "v", "vMax"),
            List.of("m", "v", "vMax"),
            List.of("m", "v"),
            List.of("v"),
            List.of("m", "v", "vMax"));
  }

  @Test
  void withoutGroupsTheRuleIsTheSectionsOwn() {
    assertThat(Optimizers.create(Options.of("optimizer", ADAMW), TENSORS))
        .isInstanceOf(AdamW.class);
    assertThat(Optimizers.create(section(ADAMW), TENSORS)).isInstanceOf(AdamW.class);
  }

  @Test
  void theResolvedSectionShowsEveryGroupWithItsTypeAndAllSettings() {
    Options resolved =
        Optimizers.resolve(
            section(
                Map.of("type", "lion", "weightDecay", 0.1),
                Map.of("weightDecay", 0, "tensors", List.of("*.b")),
                Map.of("type", "momentum", "roles", List.of("norm"), "rateFactor", 10)));
    assertThat(resolved.get(ParameterGroups.GROUPS).stream().map(g -> new ArrayList<>(g.names())))
        .allSatisfy(names -> assertThat(names).contains("rateFactor", "type", "weightDecay"));
    var first = resolved.get(ParameterGroups.GROUPS).get(0).plain();
    assertThat(first)
        .containsEntry("tensors", List.of("*.b"))
        .containsEntry("rateFactor", 1.0)
        .containsEntry("type", "lion")
        .containsEntry("beta2", 0.99)
        .containsEntry("weightDecay", 0);
    assertThat(resolved.get(ParameterGroups.GROUPS).get(1).plain())
        .containsEntry("type", "momentum")
        .containsEntry("momentum", 0.9)
        .containsEntry("weightDecay", 0.0);
    assertThat(Optimizers.resolve(resolved).plain()).isEqualTo(resolved.plain());
    assertThat(new ArrayList<>(first.keySet()).subList(0, 3))
        .containsExactly("tensors", "rateFactor", "type");
  }

  static List<Arguments> refused() {
    String all =
        "hidden.W (weight), hidden.b (bias), norm.gain (norm), output.W (weight), output.b (bias)";
    return List.of(
        Arguments.of(
            Map.of("tensors", List.of("*.b", "hiden.W")),
            "optimizer.groups[0] has the pattern 'hiden.W', which matches no tensor, did you mean"
                + " 'hidden.W'? there are "
                + all),
        Arguments.of(
            Map.of("tensors", List.of("hidden.*"), "roles", List.of("norm")),
            "optimizer.groups[0] matches no tensor; there are " + all),
        Arguments.of(
            Map.of("weightDecay", 0),
            "optimizer.groups[0] must say which tensors are its own, by tensors, roles or both"),
        Arguments.of(
            Map.of("tensors", List.of("*"), "learningRate", 0.1),
            "optimizer.groups[0].learningRate cannot be a group's: write a rateFactor, which"
                + " multiplies the section's, got 0.1"),
        Arguments.of(
            Map.of("tensors", List.of("*"), "rateFactor", -1),
            "optimizer.groups[0].rateFactor must be >= 0, got -1"),
        Arguments.of(
            Map.of("roles", List.of("biass")),
            "optimizer.groups[0].roles[0] must be one of weight, bias, norm, got 'biass', did you"
                + " mean 'bias'?"),
        Arguments.of(
            Map.of("tensors", List.of("*"), "beta1", 1.0),
            "optimizer.groups[0].beta1 must be in [0, 1), got 1.0"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aGroupThatCannotBeMeantIsRefusedByText(Map<String, ?> group, String message) {
    assertThatThrownBy(() -> read(section(ADAMW, group)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message + " (program)");
  }

  @Test
  void unknownKeysAndRulesOfGroupsAreRefusedWithTheirPath() {
    assertThatThrownBy(() -> read(section(ADAMW, Map.of("tensor", List.of("*")))))
        .hasMessageStartingWith(
            "unknown key 'optimizer.groups[0].tensor', did you mean 'tensors'? known here: type,"
                + " beta1, ");
    assertThatThrownBy(() -> read(section(ADAMW, Map.of("roles", List.of("bias"), "type", "smd"))))
        .hasMessageStartingWith("unknown optimizer 'smd', did you mean 'sgd'?");
    assertThatThrownBy(
            () -> read(section(ADAMW, Map.of("tensors", List.of("*"), "groups", List.of()))))
        .hasMessageStartingWith("unknown key 'optimizer.groups[0].groups'");
  }

  @Test
  void aGroupThatComesTooLateForItsTensorsIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    section(
                        ADAMW,
                        Map.of("roles", List.of("bias")),
                        Map.of("tensors", List.of("hidden.b")))))
        .hasMessage(
            "optimizer.groups[1] matches only tensors that earlier groups have, hidden.b (bias);"
                + " the first group that matches a tensor wins (program)");
  }

  @Test
  void anErrorNamesTwentyTensorsAndCountsTheRest() {
    List<TensorSpec> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.add(new TensorSpec("layer" + i + ".W", List.of(2), Role.WEIGHT));
    }
    assertThatThrownBy(
            () -> ParameterGroups.of(section(ADAMW, Map.of("roles", List.of("norm"))), many))
        .hasMessageEndingWith(", layer19.W (weight) and 10 more (program)");
  }

  // ---- what a step does

  /** Rules with two rounds, one, and none; a group at another rate, and one that is frozen. */
  private static UpdateRule mixed() {
    return read(section(
            Map.of("type", "lamb", "preNormalize", true),
            Map.of("tensors", List.of("hidden.b"), "rateFactor", 0.25),
            Map.of("tensors", List.of("output.W"), "type", "lamb", "preNormalize", false),
            Map.of("tensors", List.of("output.b"), "type", "sgd", "momentum", 0.9),
            Map.of("roles", List.of("norm"), "rateFactor", 0)))
        .rule();
  }

  private static float[] gaussians(Random random, int n, double scale) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  private static ShardedRun train(
      UpdateRule rule, Clip clip, Layout layout, int shards, TestSeed seed) {
    Random random = seed.random();
    int n = (int) layout.size();
    ShardedRun run = new ShardedRun(layout, clip, rule, shards, gaussians(random, n, 0.3));
    for (int t = 1; t <= 20; t++) {
      run.step(new Update(t, 0.01 / t, 0.01), gaussians(random, n, 0.1));
    }
    return run;
  }

  private static Layout layout(UpdateRule rule, int chunkElements) {
    return Layout.of(TENSORS, chunkElements, rule::whole);
  }

  @Test
  void shardsChangeNoBit() {
    TestSeed seed = TestSeed.draw();
    UpdateRule rule = mixed();
    for (int chunkElements : new int[] {1, 5, 34, 65536}) {
      Layout layout = layout(rule, chunkElements);
      float[] whole = train(rule, GLOBAL_NORM, layout, 1, seed).parameters();
      assertThat(whole).doesNotContain(Float.NaN);
      for (int shards : new int[] {2, 3, 5, 8}) {
        assertThat(train(rule, GLOBAL_NORM, layout, shards, seed).parameters())
            .as("%s: chunks of %d on %d shards", seed, chunkElements, shards)
            .isEqualTo(whole);
      }
    }
  }

  @Test
  void stateSavedAndRestoredGivesTheSameBits() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    UpdateRule rule = mixed();
    Layout layout = layout(rule, 34);
    int n = (int) layout.size();
    float[] start = gaussians(random, n, 0.3);
    ShardedRun straight = new ShardedRun(layout, GLOBAL_NORM, rule, 2, start);
    ShardedRun resumed = new ShardedRun(layout, GLOBAL_NORM, mixed(), 3, start);
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

  static List<Variant> variants() {
    return Variants.ALL;
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aGroupOfAllTensorsIsThePlainRuleBitForBit(Variant variant) {
    TestSeed seed = TestSeed.draw();
    var group = new LinkedHashMap<String, Object>(variant.options());
    group.put("tensors", List.of("*"));
    UpdateRule grouped = read(section(Map.of("type", "sgd"), group)).rule();
    assertThat(grouped).isInstanceOf(GroupedRule.class);
    ShardedRun plain = train(variant.rule(), GLOBAL_NORM, layout(variant.rule(), 34), 3, seed);
    ShardedRun ofGroup = train(grouped, GLOBAL_NORM, layout(grouped, 34), 3, seed);
    assertThat(ofGroup.parameters()).as(seed.toString()).isEqualTo(plain.parameters());
    assertThat(grouped.evaluatesAverage()).isEqualTo(variant.rule().evaluatesAverage());
    assertThat(ofGroup.evaluation()).as(seed.toString()).isEqualTo(plain.evaluation());
  }

  /** LAMB divides by the norm of all gradients: those of its group. */
  @Test
  void aGroupIsAModelOfItsOwnToItsRule() {
    TestSeed seed = TestSeed.draw();
    Map<String, Object> lamb = Map.of("type", "lamb", "preNormalize", true);
    var group = new LinkedHashMap<String, Object>(lamb);
    group.put("tensors", List.of("hidden.*"));
    group.put("rateFactor", 0.5);
    UpdateRule rule = read(section(Map.of("type", "sgd"), group)).rule();
    Layout layout = layout(rule, 34);
    Layout alone = Layout.of(List.of(HIDDEN_W, HIDDEN_B), 34);
    int own = (int) alone.size();
    Random random = seed.random();
    float[] start = gaussians(random, (int) layout.size(), 0.3);
    ShardedRun together = new ShardedRun(layout, Clip.NONE, rule, 2, start);
    UpdateRule plain = Optimizers.create(Options.of("optimizer", lamb));
    ShardedRun apart = new ShardedRun(alone, Clip.NONE, plain, 1, Arrays.copyOf(start, own));
    for (int t = 1; t <= 10; t++) {
      float[] gradient = gaussians(random, (int) layout.size(), 0.1);
      together.step(new Update(t, 0.02), gradient);
      apart.step(new Update(t, 0.01), Arrays.copyOf(gradient, own));
    }
    assertThat(Arrays.copyOf(together.parameters(), own))
        .as(seed.toString())
        .isEqualTo(apart.parameters());
  }

  @Test
  void frozenTensorsKeepNothingAndStayButCountInTheClipsNorm() {
    UpdateRule rule =
        read(section(
                Map.of("type", "sgd", "weightDecay", 0.1),
                Map.of("tensors", List.of("hidden.*"), "rateFactor", 0, "momentum", 0.9)))
            .rule();
    assertThat(rule.stateNames(HIDDEN_W)).isEmpty();
    Layout layout = layout(rule, 34);
    int frozen = HIDDEN_W.size() + HIDDEN_B.size();
    int n = (int) layout.size();
    float[] start = new float[n];
    float[] gradient = new float[n];
    Arrays.fill(start, 0, frozen, 1);
    gradient[0] = 3;
    gradient[n - 1] = 4;
    Clip clip = Clips.create(Options.of("clip", Map.of("type", "global-norm", "maximum", 2.5)));
    ShardedRun run = new ShardedRun(layout, clip, rule, 2, start);
    run.step(new Update(1, 1), gradient);
    assertThat(Arrays.copyOf(run.parameters(), frozen)).containsOnly(1);
    assertThat(run.parameters()[n - 1]).isEqualTo(-4 * (float) (2.5 / (5 + 1e-6)));
  }

  @Test
  void aGroupsRateLeavesItsScheduleAlone() {
    Update update = new Update(3, 0.01, 0.1);
    assertThat(update.times(4)).isEqualTo(new Update(3, 0.04, 0.4));
    assertThat(update.times(4).scheduleFactor()).isEqualTo(update.scheduleFactor());
  }
}
