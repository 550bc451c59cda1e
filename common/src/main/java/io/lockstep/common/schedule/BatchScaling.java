package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.RunConfiguration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rate for a batch of another size than the one for which it was chosen, in front of any
 * schedule and its warm-up:
 *
 * <pre>
 * linear         learningRate batch / baseBatch           (Goyal et al. 2017, section 2.1; Krizhevsky 2014)
 * square-root    learningRate sqrt(batch / baseBatch)     (Krizhevsky 2014, section 5; Hoffer et al. 2017)
 * </pre>
 *
 * <p>The batch is all examples of a step, accumulated ones included. Linear keeps the sum of k
 * small steps where one large step takes their place; square-root keeps the variance of a step, and
 * is the usual choice with Adam and its like.
 */
final class BatchScaling {
  static final Key<Options> SECTION =
      Key.section(
          "batchScaling", "the rate for another size of batch: rule, baseBatch; unscaled without");
  static final Key<String> RULE =
      Key.choice(
              "rule",
              "linear",
              List.of("linear", "square-root"),
              "how the rate grows with the examples of a step")
          .required();
  static final Key<Integer> BASE_BATCH =
      Key.integer(
              "baseBatch",
              1,
              Range.closed(1, Integer.MAX_VALUE),
              "examples of a step for which optimizer.learningRate was chosen")
          .required();

  /** What follows from the others: shown in the resolved configuration, not read. */
  static final Key<Double> RATE =
      Key.number("rate", 0, Range.POSITIVE, "what follows; written by Lockstep, not read");

  /** The settings, in order. */
  static final List<Key<?>> KEYS = List.of(RULE, BASE_BATCH, RATE);

  private BatchScaling() {}

  /** What the configured rate is multiplied by; 1 without the section. */
  static double factor(RunConfiguration run) {
    if (!run.schedule().has(SECTION)) {
      return 1;
    }
    Options options = run.schedule().get(SECTION);
    options.allowOnly(KEYS);
    double times = (double) run.batch().examples() / options.get(BASE_BATCH);
    return options.get(RULE).equals("linear") ? times : Math.sqrt(times);
  }

  /** The section {@code schedule} with the rate that follows. */
  static Options resolve(RunConfiguration run, Options schedule) {
    if (!schedule.has(SECTION)) {
      return schedule;
    }
    Map<String, Object> resolved = new LinkedHashMap<>();
    resolved.put(RULE.name(), schedule.get(SECTION).get(RULE));
    resolved.put(BASE_BATCH.name(), schedule.get(SECTION).get(BASE_BATCH));
    resolved.put(RATE.name(), run.learningRate() * factor(run));
    return schedule.with(SECTION, Options.of(SECTION.name(), resolved));
  }
}
