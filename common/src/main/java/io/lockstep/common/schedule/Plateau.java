package io.lockstep.common.schedule;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Smaller when a validation metric makes no progress any more, as {@code
 * torch.optim.lr_scheduler.ReduceLROnPlateau}. The rate does not depend on the step. After each
 * metric:
 *
 * <pre>
 * better, where mode is min:    metric &lt; best (1 - threshold)   thresholdMode rel
 *                               metric &lt; best - threshold       thresholdMode abs
 * better, where mode is max:    metric &gt; best (1 + threshold)   thresholdMode rel
 *                               metric &gt; best + threshold       thresholdMode abs
 *
 * better:                       best = metric, bad = 0;  otherwise bad = bad + 1
 * while cooling down:           waits one metric less, bad = 0
 * bad &gt; patience:               rate = max(rate factor, minimum), bad = 0, cooling down begins
 * </pre>
 *
 * A metric that is not a number is no better. PyTorch leaves the rate where it would fall by less
 * than 1e-8; here it falls.
 *
 * @param settings what the configuration says
 * @param rate the rate now
 * @param best the best metric so far; infinite before the first
 * @param bad metrics since then that were no better
 * @param cooling metrics that are still to be waited for
 */
record Plateau(Settings settings, double rate, double best, int bad, int cooling)
    implements Schedule {
  private static final Key<String> METRIC =
      Key.text("metric", "loss", "loss, or the name of a metric in validation.jsonl");
  private static final Key<String> MODE =
      Key.choice(
          "mode",
          "auto",
          List.of("auto", "min", "max"),
          "whether smaller or larger is better; auto: larger for accuracy, r2, auc, f1, precision, recall and top-k");
  private static final Key<Integer> PATIENCE =
      Key.integer("patience", 10, Range.NOT_NEGATIVE, "metrics without progress that are borne");
  private static final Key<Double> THRESHOLD =
      Key.number("threshold", 1e-4, Range.NOT_NEGATIVE, "the progress that counts");
  private static final Key<String> THRESHOLD_MODE =
      Key.choice(
          "thresholdMode",
          "rel",
          List.of("rel", "abs"),
          "whether progress is in proportion to the best metric, or a difference");
  private static final Key<Integer> COOLDOWN =
      Key.integer("cooldown", 0, Range.NOT_NEGATIVE, "metrics that are ignored after a change");

  /** The metrics of which more is better; a suffix says how classes are averaged, or k. */
  private static final Pattern LARGER_IS_BETTER =
      Pattern.compile("(accuracy|r2|auc|f1|precision|recall|top)(-.*)?");

  static final Registry.Entry<ScheduleFactory> ENTRY =
      new Registry.Entry<>(
          "plateau",
          "Multiplied by a factor when a validation metric makes no progress (as PyTorch's).",
          List.of(
              Span.FACTOR,
              METRIC,
              MODE,
              PATIENCE,
              THRESHOLD,
              THRESHOLD_MODE,
              COOLDOWN,
              Span.MINIMUM),
          options -> {
            if (options.get(THRESHOLD_MODE).equals("rel") && options.get(THRESHOLD) >= 1) {
              throw options.error(THRESHOLD, "must be in [0, 1) where thresholdMode is rel");
            }
            return span -> start(Settings.of(options, span), span);
          });

  /** What the configuration says. */
  record Settings(
      double factor,
      String metric,
      boolean larger,
      int patience,
      double threshold,
      boolean relative,
      int cooldown,
      double minimum) {
    static Settings of(Options options, Span span) {
      String metric = options.get(METRIC);
      String mode = options.get(MODE);
      boolean larger =
          mode.equals("auto") ? LARGER_IS_BETTER.matcher(metric).matches() : mode.equals("max");
      return new Settings(
          options.get(Span.FACTOR),
          metric,
          larger,
          options.get(PATIENCE),
          options.get(THRESHOLD),
          options.get(THRESHOLD_MODE).equals("rel"),
          options.get(COOLDOWN),
          span.minimum(options));
    }

    boolean isBetter(double metric, double best) {
      double sign = larger ? 1 : -1;
      double bar = relative ? best * (1 + sign * threshold) : best + sign * threshold;
      return larger ? metric > bar : metric < bar;
    }
  }

  private static Plateau start(Settings settings, Span span) {
    double worst = settings.larger() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    return new Plateau(settings, span.learningRate(), worst, 0, 0);
  }

  @Override
  public double rate(long step) {
    return rate;
  }

  @Override
  public String metric() {
    return settings.metric();
  }

  @Override
  public Schedule after(double metric) {
    boolean better = settings.isBetter(metric, best);
    double newBest = better ? metric : best;
    int newBad = better || cooling > 0 ? 0 : bad + 1;
    int newCooling = Math.max(0, cooling - 1);
    if (newBad <= settings.patience()) {
      return new Plateau(settings, rate, newBest, newBad, newCooling);
    }
    double lower = Math.max(rate * settings.factor(), settings.minimum());
    return new Plateau(settings, lower, newBest, 0, settings.cooldown());
  }

  @Override
  public List<Double> state() {
    return List.of(rate, best, (double) bad, (double) cooling);
  }

  @Override
  public Schedule restore(List<Double> state) {
    if (state.size() != 4) {
      throw new IllegalArgumentException(
          "the state of plateau must be [rate, best, bad, cooling], got " + state);
    }
    return new Plateau(
        settings, state.get(0), state.get(1), state.get(2).intValue(), state.get(3).intValue());
  }
}
