package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Softmax;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Connectionist temporal classification, Graves et al. (2006): -log of the probability that a path
 * of one class a position, with repetitions merged and blanks taken out, spells the labels.
 * Predictions are [time, classes], not divided by the number of labels.
 *
 * <p>With l' the labels with blanks around them (S = 2 L + 1) and everything in logarithms:
 *
 * <pre>{@code
 * a(t, s) = log p(t, l'_s) + logsum(a(t-1, s), a(t-1, s-1), a(t-1, s-2) where l'_s may follow l'_s-2)
 * b(t, s) = logsum over the same s' from s on of b(t+1, s') + log p(t+1, l'_s')
 * loss    = -logsum(a(T-1, S-1), a(T-1, S-2))
 * d loss / d log p(t, k) = -sum over s with l'_s = k of e^(a(t, s) + b(t, s) + loss)
 * }</pre>
 *
 * from which follow the gradients by logits and by probabilities as everywhere else.
 *
 * <p>An example's label is a row of classes with -1 behind the last; where the configuration says
 * so, the number in front of them is how many positions count. Labels that are too long for their
 * positions (each repetition needs a blank between) have probability 0 and an infinite loss: they
 * are refused, or left out of loss and divisor, as the configuration says; PyTorch's {@code
 * zero_infinity} leaves them out of the loss alone.
 */
public final class Ctc implements ExampleLoss {
  private static final double LEAST_PROBABILITY = DistributionLoss.LEAST_PROBABILITY;

  private static final Key<Integer> BLANK =
      Key.integer("blank", 0, Range.NOT_NEGATIVE, "the class that stands for no label");
  private static final Key<Integer> MAX_LABELS =
      Key.integer(
          "maxLabels",
          0,
          Range.POSITIVE,
          "numbers in a row of labels, -1 behind the last; without it as many as there are"
              + " positions");
  private static final Key<Boolean> LENGTH_FIRST =
      Key.flag(
          "lengthFirst",
          false,
          "whether a number before the labels says how many positions of the example count");
  private static final Key<String> INFEASIBLE =
      Key.choice(
          "infeasible",
          "refuse",
          List.of("refuse", "skip"),
          "what happens to an example whose labels are too long for its positions");

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "ctc",
          "sequences of labels without alignment, outputs [time, classes] (Graves et al. 2006)",
          List.of(CrossEntropy.FROM_LOGITS, BLANK, MAX_LABELS, LENGTH_FIRST, INFEASIBLE),
          Ctc::create);

  static final Guide GUIDE =
      new Guide(
          """
          loss = -ln of the sum over paths that spell the labels of the product of p(t, path_t)
          slope = -occupation(t, k) / p(t, k), the share of those paths that are at k
          slope = p(t, k) - occupation(t, k) of logits, p = softmax over classes
          """,
          "[0, inf); outputs [time, classes]; labels are classes but the blank, -1 behind the last",
          "Speech and handwriting: what is spelled is known, but not where. Needs as many positions "
              + "as labels, and one more for each repetition; peaks become sharp and blanks many.");

  private final Scale scale;
  private final int blank;
  private final int maxLabels;
  private final boolean lengthFirst;
  private final boolean skipInfeasible;

  private Ctc(Scale scale, int blank, int maxLabels, boolean lengthFirst, boolean skipInfeasible) {
    this.scale = scale;
    this.blank = blank;
    this.maxLabels = maxLabels;
    this.lengthFirst = lengthFirst;
    this.skipInfeasible = skipInfeasible;
  }

  private static Loss create(Options options) {
    return new Ctc(
        CrossEntropy.scale(options),
        options.get(BLANK),
        options.get(MAX_LABELS),
        options.get(LENGTH_FIRST),
        options.get(INFEASIBLE).equals("skip"));
  }

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    if (!output.isSequence() || output.channels() < 2) {
      throw new ConfigurationException(
          "loss ctc needs outputs [time, classes] with at least 2 classes, got " + output);
    }
    if (blank >= output.channels()) {
      throw new ConfigurationException(
          "loss.blank must be one of the " + output.channels() + " classes from 0, got " + blank);
    }
    return lead() + (maxLabels == 0 ? output.positions() : maxLabels);
  }

  /** One label, of a class that is not the blank. */
  @Override
  public void sample(Shape output, int example, float[] labels, int at) {
    java.util.Arrays.fill(labels, at, at + labelWidth(output), -1);
    if (lengthFirst) {
      labels[at] = output.positions();
    }
    labels[at + lead()] = blank == 0 ? 1 : 0;
  }

  /** Numbers before the labels. */
  private int lead() {
    return lengthFirst ? 1 : 0;
  }

  @Override
  public void check(Shape output, float[] labels, int from, int example) {
    int end = from + labelWidth(output);
    float length = lengthFirst ? labels[from] : output.positions();
    if (!(length >= 1 && length <= output.positions() && length == (int) length)) {
      throw LabelCheck.refuse(
          name(), "behind a length from 1 to " + output.positions(), length, example);
    }
    boolean ended = false;
    for (int i = from + lead(); i < end; i++) {
      float label = labels[i];
      boolean isClass =
          label >= 0 && label < output.channels() && label == (int) label && label != blank;
      if (label != -1 && (ended || !isClass)) {
        throw LabelCheck.refuse(
            name(),
            "a class from 0 to "
                + (output.channels() - 1)
                + " but the blank "
                + blank
                + ", or -1 behind the last",
            label,
            example);
      }
      ended = label == -1;
    }
    int needed = needed(labels, from + lead(), end);
    if (needed > length && !skipInfeasible) {
      throw new DataException(
          "ctc: labels must fit their positions, got "
              + (int) length
              + " positions for labels that need "
              + needed
              + " (example "
              + example
              + " of the slice); shorten them, put out more positions, or set loss.infeasible:"
              + " skip");
    }
  }

  /** Positions that the labels in {@code [from, end)} need: one each, one more a repetition. */
  private static int needed(float[] labels, int from, int end) {
    int needed = 0;
    for (int i = from; i < end && labels[i] >= 0; i++) {
      needed += i > from && labels[i] == labels[i - 1] ? 2 : 1;
    }
    return needed;
  }

  @Override
  public double count(Shape output, float[] labels, int from) {
    float length = lengthFirst ? labels[from] : output.positions();
    return needed(labels, from + lead(), from + labelWidth(output)) > length ? 0 : 1;
  }

  @Override
  public double loss(Shape output, double[] predictions, double[] labels, double[] gradient) {
    int classes = output.channels();
    int time = lengthFirst ? (int) labels[0] : output.positions();
    int[] spelled = withBlanks(labels);
    Arrays.fill(gradient, 0);
    double[] p = new double[time * classes];
    double[] logP = new double[time * classes];
    distributions(predictions, time, classes, logP, p);
    double[] forward = forward(logP, time, classes, spelled);
    int states = spelled.length;
    int last = (time - 1) * states + states - 1;
    double logLikelihood = states == 1 ? forward[last] : logSum(forward[last], forward[last - 1]);
    if (logLikelihood == Double.NEGATIVE_INFINITY) {
      return 0; // too long for its positions, and to be left out
    }
    double[] backward = backward(logP, time, classes, spelled);
    for (int t = 0; t < time; t++) {
      for (int s = 0; s < states; s++) {
        double log = forward[t * states + s] + backward[t * states + s] - logLikelihood;
        gradient[t * classes + spelled[s]] -= Elementary.exp(log);
      }
    }
    for (int i = 0; i < p.length; i++) {
      // by logits the slopes of a position sum to -1
      gradient[i] = scale == Scale.LOGITS ? gradient[i] + p[i] : gradient[i] / p[i];
    }
    return -logLikelihood;
  }

  /** l': the labels with the blank before, between and behind. */
  private int[] withBlanks(double[] labels) {
    int length = 0;
    while (lead() + length < labels.length && labels[lead() + length] >= 0) {
      length++;
    }
    int[] spelled = new int[2 * length + 1];
    Arrays.fill(spelled, blank);
    for (int i = 0; i < length; i++) {
      spelled[2 * i + 1] = (int) labels[lead() + i];
    }
    return spelled;
  }

  private void distributions(double[] x, int time, int classes, double[] logP, double[] p) {
    if (scale == Scale.PROBABILITIES) {
      for (int i = 0; i < p.length; i++) {
        p[i] = Math.max(x[i], LEAST_PROBABILITY);
        logP[i] = Elementary.log(p[i]);
      }
      return;
    }
    for (int t = 0; t < time; t++) {
      LogSoftmax.of(x, t * classes, logP, p, t * classes, classes);
    }
  }

  /** a, [time, states]; minus infinity where no path leads. */
  private double[] forward(double[] logP, int time, int classes, int[] spelled) {
    int states = spelled.length;
    double[] a = new double[time * states];
    Arrays.fill(a, Double.NEGATIVE_INFINITY);
    a[0] = logP[spelled[0]];
    if (states > 1) {
      a[1] = logP[spelled[1]];
    }
    for (int t = 1; t < time; t++) {
      int before = (t - 1) * states;
      // the others cannot be reached, or cannot reach the end
      int from = Math.max(0, states - 2 * (time - t));
      for (int s = from; s < Math.min(states, 2 * t + 2); s++) {
        double sum = a[before + s];
        if (s > 0) {
          sum = logSum(sum, a[before + s - 1]);
        }
        if (mayFollow(spelled, s - 2, s)) {
          sum = logSum(sum, a[before + s - 2]);
        }
        a[t * states + s] = sum + logP[t * classes + spelled[s]];
      }
    }
    return a;
  }

  /** b, [time, states]; minus infinity where no path leads. */
  private double[] backward(double[] logP, int time, int classes, int[] spelled) {
    int states = spelled.length;
    double[] b = new double[time * states];
    Arrays.fill(b, Double.NEGATIVE_INFINITY);
    int end = (time - 1) * states;
    b[end + states - 1] = 0;
    if (states > 1) {
      b[end + states - 2] = 0;
    }
    for (int t = time - 2; t >= 0; t--) {
      int after = (t + 1) * states;
      int row = (t + 1) * classes;
      int from = Math.max(0, states - 2 * (time - t));
      for (int s = from; s < Math.min(states, 2 * t + 2); s++) {
        double sum = b[after + s] + logP[row + spelled[s]];
        if (s + 1 < states) {
          sum = logSum(sum, b[after + s + 1] + logP[row + spelled[s + 1]]);
        }
        if (s + 2 < states && mayFollow(spelled, s, s + 2)) {
          sum = logSum(sum, b[after + s + 2] + logP[row + spelled[s + 2]]);
        }
        b[t * states + s] = sum;
      }
    }
    return b;
  }

  /** Whether a path may leave out the blank between two states: not between equal labels. */
  private boolean mayFollow(int[] spelled, int from, int to) {
    return from >= 0 && spelled[to] != blank && spelled[to] != spelled[from];
  }

  /** log(e^a + e^b). */
  private static double logSum(double a, double b) {
    double larger = Math.max(a, b);
    double smaller = Math.min(a, b);
    return smaller == Double.NEGATIVE_INFINITY
        ? larger
        : larger + Elementary.log1p(Elementary.exp(smaller - larger));
  }

  @Override
  public void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (scale == Scale.LOGITS) {
      kernel.softmax(predictions, result, examples * output.positions(), output.channels());
    } else {
      ExampleLoss.super.present(kernel, predictions, result, examples, output);
    }
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Softmax
        ? Optional.of(new Ctc(Scale.LOGITS, blank, maxLabels, lengthFirst, skipInfeasible))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.Spelling(blank, lengthFirst);
  }
}
