package io.lockstep.common.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.GoldenCases;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every schedule does at its ends, with a warm-up, and with bad settings. */
class SchedulesTest {
  /** Settings for every schedule; one that is missing fails the first test. */
  private static final Map<String, Map<String, Object>> SETTINGS =
      Map.ofEntries(
          Map.entry("constant", Map.of()),
          Map.entry("step", Map.of("every", 10, "factor", 0.5)),
          Map.entry("multi-step", Map.of("milestones", List.of(5, 50), "factor", 0.1)),
          Map.entry("exponential", Map.of("factor", 0.9)),
          Map.entry("linear", Map.of("minimum", 0.01)),
          Map.entry("polynomial", Map.of("power", 2.0, "minimum", 0.01)),
          Map.entry("cosine", Map.of("minimum", 0.01)),
          Map.entry("cosine-restarts", Map.of("firstPeriod", 7, "periodFactor", 3)),
          Map.entry("one-cycle", Map.of()),
          Map.entry("inverse-root", Map.of()),
          Map.entry("plateau", Map.of("factor", 0.5, "patience", 0)),
          Map.entry("range", Map.of("from", 1e-3)));

  private static Map<String, Object> settings(String type) {
    return SETTINGS.getOrDefault(type, Map.of());
  }

  static List<String> names() {
    return Schedules.REGISTRY.entries().stream().map(Registry.Entry::name).toList();
  }

  private static Options options(String type, Map<String, Object> settings) {
    var options = new LinkedHashMap<String, Object>();
    options.put("type", type);
    options.putAll(settings);
    return Options.of("schedule", options);
  }

  private static Schedule create(String type, Map<String, Object> settings, long totalSteps) {
    return Schedules.create(options(type, settings), 0.1, totalSteps);
  }

  @Test
  void everyScheduleIsTestedHereAndHasAReferenceCase() {
    assertThat(SETTINGS.keySet()).containsExactlyInAnyOrderElementsOf(names());
    Assumptions.assumeTrue(System.getProperty("golden.dir", "").isEmpty());
    List<String> golden =
        GoldenCases.of("schedules").stream()
            .map(reference -> reference.options("schedule").get(Registry.TYPE))
            .toList();
    // linear is polynomial with power 1, which has the case
    assertThat(names().stream().filter(name -> !name.equals("linear"))).isSubsetOf(golden);
  }

  @ParameterizedTest
  @MethodSource("names")
  void ratesAreFiniteAndNeverAboveTheConfiguredOne(String type) {
    for (long total : new long[] {1, 2, 3, 10, 1000}) {
      Schedule schedule = create(type, settings(type), total);
      for (long t = 0; t < 2 * total; t++) {
        assertThat(schedule.rate(t)).as("step %d of %d", t, total).isBetween(0.0, 0.1 + 1e-15);
      }
      assertThat(schedule.rate(1L << 40)).isBetween(0.0, 0.1 + 1e-15);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aWarmUpRisesInALineAndThenTheScheduleBegins(String type) {
    var settings = new LinkedHashMap<String, Object>(settings(type));
    settings.put("warmup", Map.of("steps", 4, "from", 0.2));
    Schedule warm = create(type, settings, 104);
    assertThat(LongStream.range(0, 4).mapToDouble(warm::rate).toArray())
        .containsExactly(new double[] {0.1 * 0.2, 0.1 * 0.4, 0.1 * 0.6, 0.1 * 0.8}, within(1e-15));
    ScheduleFactory factory = Schedules.REGISTRY.create(options(type, settings(type)));
    Schedule alone = factory.create(new Span(0.1, 4, 100));
    for (long t = 0; t < 120; t++) {
      assertThat(warm.rate(4 + t)).isEqualTo(alone.rate(t));
    }
  }

  static Stream<String> pureNames() {
    return names().stream().filter(name -> !name.equals("plateau"));
  }

  @ParameterizedTest
  @MethodSource("pureNames")
  void pureSchedulesHaveNoStateAndRefuseAnothers(String type) {
    Schedule schedule = create(type, settings(type), 100);
    assertThat(schedule.metric()).isNull();
    assertThat(schedule.after(1.5)).isSameAs(schedule);
    assertThat(schedule.state()).isEmpty();
    assertThat(schedule.restore(List.of())).isSameAs(schedule);
    assertThatThrownBy(() -> schedule.restore(List.of(1.0)))
        .hasMessage("this schedule has no state, got [1.0]; it is another schedule's");
  }

  @ParameterizedTest
  @MethodSource("names")
  void aScheduleThatIsRestoredFromItsStateGoesOnAsIfNothingHadBeen(String type) {
    var settings = new LinkedHashMap<String, Object>(settings(type));
    settings.put("warmup", Map.of("steps", 3));
    Schedule first = create(type, settings, 100);
    Schedule restored = first;
    for (double metric : new double[] {3, 2, 2.5, 2.5, Double.NaN, 1, 1, 1}) {
      first = first.after(metric);
      restored = create(type, settings, 100).restore(restored.after(metric).state());
      for (long step : new long[] {0, 2, 3, 50, 1000}) {
        assertThat(restored.rate(step)).isEqualTo(first.rate(step));
      }
    }
  }

  /** patience 0, threshold 0.1: which of the metrics after the first lowers the rate of 0.1. */
  private static boolean lowers(Map<String, Object> settings, double before, double after) {
    var plateau = new LinkedHashMap<String, Object>(settings);
    plateau.putAll(Map.of("factor", 0.5, "patience", 0, "threshold", 0.1));
    Schedule schedule = create("plateau", plateau, 10).after(before).after(after);
    assertThat(schedule.rate(7)).isIn(0.1, 0.05);
    return schedule.rate(7) == 0.05;
  }

  @Test
  void progressOfAPlateauIsAsPyTorchDefinesIt() {
    assertThat(lowers(Map.of(), 10, 9.001)).as("min, rel").isTrue();
    assertThat(lowers(Map.of(), 10, 8.999)).isFalse();
    assertThat(lowers(Map.of("thresholdMode", "abs"), 10, 9.901)).as("min, abs").isTrue();
    assertThat(lowers(Map.of("thresholdMode", "abs"), 10, 9.899)).isFalse();
    assertThat(lowers(Map.of("mode", "max"), 10, 10.999)).as("max, rel").isTrue();
    assertThat(lowers(Map.of("mode", "max"), 10, 11.001)).isFalse();
    Map<String, Object> absolute = Map.of("mode", "max", "thresholdMode", "abs");
    assertThat(lowers(absolute, 10, 10.099)).as("max, abs").isTrue();
    assertThat(lowers(absolute, 10, 10.101)).isFalse();
    assertThat(lowers(Map.of(), 10, Double.NaN)).as("not a number is no progress").isTrue();
  }

  @Test
  void whichWayIsBetterFollowsFromTheMetricUnlessItIsSaid() {
    assertThat(create("plateau", Map.of("factor", 0.5), 10).metric()).isEqualTo("loss");
    assertThat(lowers(Map.of("metric", "loss"), 10, 20)).isTrue();
    assertThat(lowers(Map.of("metric", "mae"), 10, 20)).isTrue();
    assertThat(lowers(Map.of("metric", "accuracy"), 0.5, 0.8)).isFalse();
    assertThat(lowers(Map.of("metric", "r2"), 0.5, 0.8)).isFalse();
    assertThat(lowers(Map.of("metric", "f1-macro"), 0.5, 0.8)).isFalse();
    assertThat(lowers(Map.of("metric", "top-5"), 0.5, 0.8)).isFalse();
    assertThat(lowers(Map.of("metric", "perplexity"), 10, 20)).isTrue();
    assertThat(lowers(Map.of("metric", "accuracy", "mode", "min"), 0.5, 0.8)).isTrue();
  }

  @Test
  void aScheduleWithoutStepsSpansTheRestOfTheRun() {
    Schedule rest = create("cosine", Map.of("warmup", Map.of("steps", 20)), 120);
    Schedule written =
        create("cosine", Map.of("steps", 100, "warmup", Map.of("steps", 20)), 999_999);
    for (long t = 0; t < 200; t++) {
      assertThat(rest.rate(t)).isEqualTo(written.rate(t));
    }
  }

  @Test
  void afterItsEndAScheduleKeepsItsLastValue() {
    for (String type : List.of("linear", "polynomial", "cosine", "one-cycle")) {
      Schedule schedule = create(type, Map.of("steps", 10), 1000);
      assertThat(schedule.rate(10_000)).isEqualTo(schedule.rate(10));
    }
    assertThat(create("cosine", Map.of("steps", 10, "minimum", 0.02), 1000).rate(10))
        .isEqualTo(0.02);
  }

  @Test
  void aRangeMeetsBothEndsAndRisesByOneFactor() {
    Schedule range = create("range", Map.of("from", 1e-7), 161);
    assertThat(range.rate(0)).isCloseTo(1e-7, within(1e-21));
    assertThat(range.rate(160)).isEqualTo(0.1);
    double factor = Math.pow(10, 6 / 160.0);
    for (long t = 0; t < 160; t++) {
      assertThat(range.rate(t + 1) / range.rate(t)).isCloseTo(factor, within(1e-12));
    }
    assertThat(create("range", Map.of("from", 1e-7), 1).rate(0)).isEqualTo(0.1);
  }

  @Test
  void withoutASectionTheRateIsConstant() {
    assertThat(Schedules.create(Options.empty(), 0.3, 10).rate(7)).isEqualTo(0.3);
  }

  @Test
  void aWarmUpOfNoStepsIsNone() {
    Schedule schedule = create("cosine", Map.of("warmup", Map.of("steps", 0)), 10);
    assertThat(schedule.rate(0)).isEqualTo(0.1);
  }

  @Test
  void badSettingsAreRefusedByText() {
    refused(
        "cosin",
        Map.of(),
        "unknown schedule 'cosin', did you mean 'cosine'? known: constant,"
            + " step, multi-step, exponential, linear, polynomial, cosine, cosine-restarts, one-cycle,"
            + " inverse-root, plateau, range (program)");
    refused(
        "step",
        Map.of("factor", 0.5),
        "schedule.every is missing; it must be a whole number, >= 1 (program)");
    refused(
        "step", Map.of("every", 0, "factor", 0.5), "schedule.every must be >= 1, got 0 (program)");
    refused(
        "exponential",
        Map.of("factor", 1.5),
        "schedule.factor must be in (0, 1], got 1.5 (program)");
    refused(
        "multi-step",
        Map.of("factor", 0.5, "milestones", List.of(5, 5)),
        "schedule.milestones must rise, got [5, 5] (program)");
    refused(
        "plateau",
        Map.of(),
        "schedule.factor is missing; it must be a number, in (0, 1] (program)");
    refused(
        "plateau",
        Map.of("factor", 0.5, "threshold", 1.0),
        "schedule.threshold must be in [0, 1) where thresholdMode is rel, got 1.0 (program)");
    refused(
        "plateau",
        Map.of("factor", 0.5, "threshold", -0.1),
        "schedule.threshold must be >= 0, got -0.1 (program)");
    refused(
        "plateau",
        Map.of("factor", 0.5, "mode", "maximum"),
        "schedule.mode must be one of auto, min, max, got 'maximum' (program)");
    refused(
        "plateau",
        Map.of("factor", 0.5, "patience", -1),
        "schedule.patience must be >= 0, got -1 (program)");
    refused(
        "plateau",
        Map.of("factor", 0.5, "minimum", 0.2),
        "schedule.minimum must be <= optimizer.learningRate 0.1, got 0.2 (program)");
    refused("cosine", Map.of("steps", 0), "schedule.steps must be >= 1, got 0 (program)");
    refused(
        "cosine",
        Map.of("minimum", 0.5),
        "schedule.minimum must be <= optimizer.learningRate 0.1, got 0.5 (program)");
    refused("range", Map.of(), "schedule.from is missing; it must be a number, > 0 (program)");
    refused(
        "range",
        Map.of("from", 0.5),
        "schedule.from must be <= optimizer.learningRate 0.1, got 0.5 (program)");
    refused(
        "one-cycle",
        Map.of("warmupFraction", 1.0),
        "schedule.warmupFraction must be in (0, 1), got 1.0 (program)");
    refused(
        "constant",
        Map.of("warmup", Map.of("form", 0.5, "steps", 3)),
        "unknown key 'schedule.warmup.form', did you mean 'from'? known here: steps, from"
            + " (program)");
    refused(
        "constant",
        Map.of("warmup", Map.of("from", 0.5)),
        "schedule.warmup.steps is missing; it must be a whole number, >= 0 (program)");
    refused(
        "constant",
        Map.of("warmup", Map.of("from", 1.5, "steps", 3)),
        "schedule.warmup.from must be in [0, 1], got 1.5 (program)");
    refused(
        "constant",
        Map.of("warmup", 5),
        "schedule.warmup must be a section (key: value), got 5 (program)");
  }

  private static void refused(String type, Map<String, Object> settings, String message) {
    assertThatThrownBy(() -> create(type, settings, 100)).hasMessage(message);
  }
}
