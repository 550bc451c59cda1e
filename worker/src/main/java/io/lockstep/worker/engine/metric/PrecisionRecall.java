package io.lockstep.worker.engine.metric;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Of a class with t weights of right decisions for it (true positives), f of wrong ones (false
 * positives) and m of those that it should have got (false negatives): precision t / (t + f),
 * recall t / (t + m), f1 2 t / (2 t + f + m), the harmonic mean of both; 0 where nothing is divided
 * by nothing, as in scikit-learn. Sums: t, f, m of each class, or of each output that says yes or
 * no.
 *
 * @param kind which of the three
 * @param average how several classes become one number
 * @param reader how label and prediction are read
 */
record PrecisionRecall(Kind kind, Average average, Decisions reader) implements Metric {
  /** Which figure. */
  public enum Kind {
    /** How much of what is named is right. */
    PRECISION,
    /** How much of what is right is named. */
    RECALL,
    /** The harmonic mean of both. */
    F1
  }

  /** How several classes become one number. */
  public enum Average {
    /** Where there are two classes, that of class 1, or of yes; else macro. */
    AUTO,
    /** The mean over the classes that occur among labels or predictions. */
    MACRO,
    /** That of the classes' sums. */
    MICRO,
    /** No number but a list with one for each class. */
    EACH
  }

  private static final Key<String> AVERAGE =
      Key.choice(
          "average",
          "auto",
          List.of("auto", "macro", "micro", "each"),
          "macro: mean over classes; micro: of their sums; each: a list; auto: class 1 of two, else"
              + " macro");

  static final Registry.Entry<MetricChoice> PRECISION =
      entry(Kind.PRECISION, "how much of what is named is right");
  static final Registry.Entry<MetricChoice> RECALL =
      entry(Kind.RECALL, "how much of what is right is named");
  static final Registry.Entry<MetricChoice> F1 =
      entry(Kind.F1, "harmonic mean of precision and recall");

  private static Registry.Entry<MetricChoice> entry(Kind kind, String summary) {
    return new Registry.Entry<>(
        nameOf(kind), summary, List.of(AVERAGE), options -> choice(kind, options));
  }

  private static MetricChoice choice(Kind kind, Options options) {
    Average average = Average.valueOf(options.get(AVERAGE).toUpperCase(Locale.ROOT));
    return (task, output) -> new PrecisionRecall(kind, average, Decisions.of(nameOf(kind), task));
  }

  private static String nameOf(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String name() {
    return average == Average.AUTO
        ? nameOf(kind)
        : nameOf(kind) + "-" + average.name().toLowerCase(Locale.ROOT);
  }

  /** Classes with sums of their own. */
  private int counted(Shape output) {
    return reader.task() instanceof Task.YesNo ? reader.problems(output) : reader.classes(output);
  }

  @Override
  public int sums(Shape output) {
    return 3 * counted(output);
  }

  @Override
  public void add(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      double[] sums,
      int at) {
    boolean yesNo = reader.task() instanceof Task.YesNo;
    reader.forEach(
        predictions,
        labels,
        weights,
        examples,
        output,
        (problem, label, predicted, weight) -> {
          if (!yesNo) {
            count(label, predicted, weight, sums, at);
          } else if (label == 1 || predicted == 1) {
            int no = -1;
            count(label == 1 ? problem : no, predicted == 1 ? problem : no, weight, sums, at);
          }
        });
  }

  /** Counts a decision; a class below 0 is none that has sums. */
  private static void count(int label, int predicted, double weight, double[] sums, int at) {
    if (label == predicted) {
      sums[at + 3 * label] += weight;
      return;
    }
    if (predicted >= 0) {
      sums[at + 3 * predicted + 1] += weight;
    }
    if (label >= 0) {
      sums[at + 3 * label + 2] += weight;
    }
  }

  @Override
  public MetricValue value(double[] sums, int at, Shape output) {
    int counted = counted(output);
    List<Double> each = new ArrayList<>();
    double[] all = new double[3];
    double sum = 0;
    int occurring = 0;
    for (int c = 0; c < counted; c++) {
      double right = sums[at + 3 * c];
      double wrong = sums[at + 3 * c + 1];
      double missed = sums[at + 3 * c + 2];
      double figure = figure(right, wrong, missed);
      each.add(figure);
      if (right + wrong + missed > 0) {
        sum += figure;
        occurring++;
      }
      all[0] += right;
      all[1] += wrong;
      all[2] += missed;
    }
    boolean two = reader.task() instanceof Task.Classes && counted == 2;
    return switch (average) {
      case EACH -> new MetricValue.Each(each);
      case MICRO -> new MetricValue.Scalar(figure(all[0], all[1], all[2]));
      case MACRO -> new MetricValue.Scalar(occurring == 0 ? 0 : sum / occurring);
      case AUTO -> new MetricValue.Scalar(two ? each.get(1) : occurring == 0 ? 0 : sum / occurring);
    };
  }

  private double figure(double right, double wrong, double missed) {
    return switch (kind) {
      case PRECISION -> share(right, right + wrong);
      case RECALL -> share(right, right + missed);
      case F1 -> share(2 * right, 2 * right + wrong + missed);
    };
  }

  private static double share(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
