package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.RunningMoments;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.optim.clip.Clips;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunningStatisticsTest {
  private static final TensorSpec GAMMA = new TensorSpec("n.gamma", List.of(2), Role.NORM);
  private static final TensorSpec STATISTICS =
      new TensorSpec("n.statistics", List.of(2, 2), Role.STATISTICS, new RunningMoments(0.25, 3));
  private static final List<TensorSpec> TENSORS = List.of(GAMMA, STATISTICS);
  private static final Layout LAYOUT = Layout.of(TENSORS, 1);

  private static UpdatePlan plan(String rule, String clip, String average) {
    return UpdatePlan.create(
        LAYOUT,
        Clips.create(Options.of("clip", Map.of("type", clip, "maximum", 1e-9))),
        Optimizers.create(Options.of("optimizer", Map.of("type", rule)), TENSORS),
        Averages.create(Options.of("average", Map.of("type", average))));
  }

  private static ChunkState chunk(UpdatePlan plan, float... parameters) {
    return plan.newChunk(LAYOUT.chunks().get(2), parameters, new float[4]);
  }

  /**
   * Channel 0 has the numbers 4, 6, 8, 10, 12, 14 and a running mean of 5, channel 1 six times 1:
   * of two examples with three positions. Their unbiased variances are 14 and 0.
   */
  @Test
  void theyMoveTowardsTheMeanAndUnbiasedVarianceOfTheBatch() {
    UpdatePlan plan = plan("sgd", "global-norm", "none");
    ChunkState chunk = chunk(plan, 5, 1, 2, 2);
    float s1 = -1 + 1 + 3 + 5 + 7 + 9;
    float s2 = 1 + 1 + 9 + 25 + 49 + 81;
    RunningStatistics.takeBatch(chunk, new float[] {s1, 0, s2, 0}, 2);
    plan.apply(chunk, new Update(1, 123), plan.newTotals());
    assertThat(chunk.parameters())
        .containsExactly(
            new float[] {5 + 0.25f * 4, 1, 2 + 0.25f * (14 - 2), 2 - 0.25f * 2}, within(1e-6f));
  }

  @Test
  void aBatchOfOneNumberMovesTheMeanAlone() {
    TensorSpec single =
        new TensorSpec("n.statistics", List.of(2, 1), Role.STATISTICS, new RunningMoments(0.5, 1));
    Layout layout = Layout.of(List.of(single), 8);
    ChunkState chunk =
        new ChunkState(
            single, layout.chunks().get(0), new float[] {1, 4}, new float[2], new float[0][]);
    RunningStatistics.takeBatch(chunk, new float[] {2, 4}, 1);
    new RunningStatistics().apply(chunk, new Update(1, 1), new Totals(0, 0, new int[1]));
    assertThat(chunk.parameters()).containsExactly(2, 4);
  }

  @Test
  void noRoundAsksThemForSums() {
    for (String clip : List.of("global-norm", "tensor-norm", "adaptive")) {
      UpdatePlan plan = plan("lamb", clip, "none");
      assertThat(plan.rounds()).isGreaterThan(1);
      for (int round = 0; round < plan.rounds(); round++) {
        assertThat(plan.sums(round, STATISTICS)).isZero();
      }
      assertThat(plan.sums(0, GAMMA)).as("the clip's").isPositive();
    }
  }

  @Test
  void anAverageOfTheWeightsAveragesThemToo() {
    UpdatePlan plan = plan("adamw", "global-norm", "ema");
    assertThat(plan.stateNames(LAYOUT.chunks().get(2))).containsExactly("average");
  }

  @Test
  void noGroupHasThem() {
    Options group = Options.of("g", Map.of("tensors", List.of("n.*"), "rateFactor", 0.0));
    ParameterGroups groups =
        ParameterGroups.of(
            Options.of("optimizer", Map.of("type", "sgd", "groups", List.of(group))), TENSORS);
    assertThat(groups.groupOf(GAMMA).isFrozen()).isTrue();
    assertThat(groups.groupOf(STATISTICS).isStatistics()).isTrue();
    assertThat(groups.groupOf(STATISTICS).isFrozen()).isFalse();
    assertThat(groups.groupOf(STATISTICS).weightDecay(STATISTICS)).isZero();
  }

  @Test
  void aGroupThatNamesThemIsRefused() {
    Options group = Options.of("g", Map.of("tensors", List.of("*.statistics")));
    assertThatThrownBy(
            () ->
                ParameterGroups.of(
                    Options.of("optimizer", Map.of("type", "sgd", "groups", List.of(group))),
                    TENSORS))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "the pattern '*.statistics', which matches running statistics alone: they follow no"
                + " group; leave it out");
  }
}
