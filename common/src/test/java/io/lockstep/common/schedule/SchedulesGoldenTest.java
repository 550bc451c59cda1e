package io.lockstep.common.schedule;

import io.lockstep.common.GoldenCase;
import io.lockstep.common.GoldenCases;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every schedule gives the rates of its reference cases. */
class SchedulesGoldenTest {
  @TestFactory
  Stream<DynamicTest> schedulesGiveTheReferenceRates() {
    return GoldenCases.tests("schedules", SchedulesGoldenTest::check);
  }

  private static void check(GoldenCase golden) {
    golden.allowOnly("learningRate", "schedule", "values", "metrics");
    double[] expected = golden.numbers("values");
    Schedule schedule =
        Schedules.create(
            golden.options("schedule"), golden.number("learningRate"), expected.length);
    double[] actual =
        golden.has("metrics")
            ? afterMetrics(schedule, golden.numbers("metrics"))
            : IntStream.range(0, expected.length).mapToDouble(schedule::rate).toArray();
    golden.assertClose("rates", actual, expected);
  }

  /** The rate after each metric; the schedule is saved and restored in between. */
  private static double[] afterMetrics(Schedule start, double[] metrics) {
    double[] rates = new double[metrics.length];
    Schedule schedule = start;
    for (int i = 0; i < metrics.length; i++) {
      schedule = start.restore(schedule.after(metrics[i]).state());
      rates[i] = schedule.rate(i + 1L);
    }
    return rates;
  }
}
