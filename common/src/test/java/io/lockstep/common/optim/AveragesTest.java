package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.average.Averages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Averages of the weights against loops in double, on shards and after a resume. */
class AveragesTest {
  private static final int STEPS = 40;
  private static final Layout LAYOUT =
      Layout.of(
          List.of(
              new TensorSpec("a.W", List.of(7, 5), Role.WEIGHT),
              new TensorSpec("a.b", List.of(5), Role.BIAS)),
          8);

  /** The average by its definition: of all weights w[0], ..., w[t], one element. */
  interface Plain {
    double of(List<Double> w);
  }

  record Case(Map<String, Object> options, Plain plain) {
    UpdatePlan plan(String rule) {
      return UpdatePlan.create(
          LAYOUT,
          Clip.NONE,
          Optimizers.create(Options.of("optimizer", Map.of("type", rule))),
          Averages.create(Options.of("average", options)));
    }

    @Override
    public String toString() {
      return options.toString();
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            Map.of("type", "ema", "decay", 0.9),
            w -> {
              // optax.ema with debias: zeros, then divided by 1 - decay^t
              double ema = 0;
              for (int t = 1; t < w.size(); t++) {
                ema = 0.9 * ema + 0.1 * w.get(t);
              }
              return w.size() == 1 ? w.get(0) : ema / (1 - Math.pow(0.9, w.size() - 1));
            }),
        new Case(
            Map.of("type", "ema", "decay", 0.9, "correction", "copy"),
            w -> {
              // torch's AveragedModel: the first is copied
              double ema = w.size() == 1 ? w.get(0) : w.get(1);
              for (int t = 2; t < w.size(); t++) {
                ema = ema * 0.9 + w.get(t) * 0.1;
              }
              return ema;
            }),
        new Case(
            Map.of("type", "ema", "decay", 0.9, "correction", "none"),
            w -> {
              double ema = w.get(0);
              for (int t = 1; t < w.size(); t++) {
                ema = ema * 0.9 + w.get(t) * 0.1;
              }
              return ema;
            }),
        new Case(
            Map.of("type", "ema", "decay", 0.5, "correction", "ramp"),
            w -> {
              double ema = w.get(0);
              for (int t = 1; t < w.size(); t++) {
                double decay = Math.min(0.5, (1.0 + t) / (10.0 + t));
                ema -= (1 - decay) * (ema - w.get(t));
              }
              return ema;
            }),
        new Case(
            Map.of("type", "ema", "decay", 0.8, "correction", "power", "warmupSamples", 2.0),
            w -> {
              // timm: step = updates - 1; no decay at step 0
              double ema = w.get(0);
              for (int t = 1; t < w.size(); t++) {
                int step = t - 1;
                double decay =
                    step == 0 ? 0 : Math.min(0.8, 1 - Math.pow(1 + step / 2.0, -2.0 / 3));
                ema = ema * decay + w.get(t) * (1 - decay);
              }
              return ema;
            }),
        new Case(
            Map.of("type", "ema", "decay", 0.7, "correction", "none", "startStep", 6L),
            w -> {
              // the parameters until update 5, then as none
              double ema = w.get(Math.min(5, w.size() - 1));
              for (int t = 6; t < w.size(); t++) {
                ema = ema * 0.7 + w.get(t) * 0.3;
              }
              return ema;
            }),
        new Case(
            Map.of("type", "swa", "startStep", 5L, "everySteps", 3L),
            w -> {
              double sum = 0;
              int models = 0;
              for (int t = 5; t < w.size(); t += 3) {
                sum += w.get(t);
                models++;
              }
              return models == 0 ? w.get(w.size() - 1) : sum / models;
            }),
        new Case(
            Map.of("type", "swa", "startStep", 1L),
            w ->
                w.size() == 1
                    ? w.get(0)
                    : w.stream().skip(1).mapToDouble(Double::doubleValue).average().orElseThrow()));
  }

  private static float[] gaussians(Random random) {
    float[] values = new float[(int) LAYOUT.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theAverageIsThatOfItsDefinitionAfterEveryUpdate(Case test) {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    float[] start = gaussians(random);
    ShardedRun run = new ShardedRun(LAYOUT, test.plan("sgd"), 2, start);
    List<float[]> history = new ArrayList<>(List.of(start));
    for (int t = 1; t <= STEPS; t++) {
      run.step(new Update(t, 0.1), gaussians(random));
      history.add(run.parameters());
      float[] average = run.view(View.AVERAGE);
      for (int i = 0; i < average.length; i++) {
        int element = i;
        List<Double> weights = history.stream().map(w -> (double) w[element]).toList();
        // each sample rounds to float32 twice, near 1
        assertThat((double) average[i])
            .as("%s: element %d after update %d", seed, i, t)
            .isCloseTo(test.plain().of(weights), within(2e-6));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shardsAndAResumeChangeNoBitAndTheParametersStayAsWithoutAverage(Case test) {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    float[] start = gaussians(random);
    for (String rule : List.of("adamw", "schedule-free-sgd", "lamb")) {
      ShardedRun whole = new ShardedRun(LAYOUT, test.plan(rule), 1, start);
      ShardedRun resumed = new ShardedRun(LAYOUT, test.plan(rule), 3, start);
      ShardedRun without =
          new ShardedRun(
              LAYOUT,
              Clip.NONE,
              Optimizers.create(Options.of("optimizer", Map.of("type", rule))),
              2,
              start);
      for (int t = 1; t <= STEPS; t++) {
        float[] gradient = gaussians(random);
        whole.step(new Update(t, 0.01), gradient);
        without.step(new Update(t, 0.01), gradient);
        if (t == 7) {
          resumed.restore(whole);
        } else if (t > 7) {
          resumed.step(new Update(t, 0.01), gradient);
        }
      }
      assertThat(resumed.view(View.AVERAGE))
          .as(seed.toString())
          .isEqualTo(whole.view(View.AVERAGE));
      assertThat(resumed.view(View.MODEL)).as(seed.toString()).isEqualTo(whole.view(View.MODEL));
      assertThat(whole.parameters()).as(seed.toString()).isEqualTo(without.parameters());
    }
  }

  @Test
  void aRunWithoutAverageKeepsNothingAndShowsNone() {
    UpdatePlan plan = new Case(Map.of("type", "none"), w -> 0).plan("adamw");
    assertThat(plan.views()).isEmpty();
    assertThat(plan.stateNames(LAYOUT.chunks().get(0))).containsExactly("m", "v");
    ChunkState chunk = plan.newChunk(LAYOUT.chunks().get(0), new float[5], new float[5]);
    assertThatThrownBy(() -> plan.view(View.AVERAGE, chunk, new float[5]))
        .hasMessage("the run must keep an average to show one");
  }

  @Test
  void whatIsWrongWithAnAverageIsSaid() {
    assertThatThrownBy(() -> Averages.create(Options.of("average", Map.of("type", "swa"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("average.startStep is missing; it must be a whole number, >= 1 (program)");
    assertThatThrownBy(
            () -> Averages.create(Options.of("average", Map.of("type", "ema", "decay", 1.0))))
        .hasMessage("average.decay must be in [0, 1), got 1.0 (program)");
    assertThatThrownBy(() -> Averages.create(Options.of("average", Map.of("type", "polyak"))))
        .hasMessageContaining("unknown average 'polyak'");
  }

  @Test
  void aViewIsKnownByItsNumber() {
    for (View view : View.values()) {
      assertThat(View.of(view.code())).isEqualTo(view);
    }
    assertThatThrownBy(() -> View.of(3)).hasMessage("view must be 0..2, got 3");
  }
}
