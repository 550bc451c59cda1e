package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Softmax;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Accuracy;
import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cross-entropy of K classes at each position of the output (features are one position, a
 * sequence has one for each step, an image for each pixel), sum over c of -q_c log p_c with q_c =
 * w_c ((1 - s) y_c + s / K): y the label as a row (1 at its class where it is an index), w the
 * class weights, s the label smoothing. Smoothing is Szegedy et al. (2016), section 7. What the
 * step divides by is the sum of the classes' weights, sum over c of w_c y_c, as PyTorch does for
 * indices.
 *
 * <p>From logits z, log p_c = z_c - log sum e^z, with the largest z taken out first; the gradient
 * is p_c sum q - q_c. From probabilities p is not taken below 1e-30, so that loss and gradient stay
 * finite; the gradient is -q_c / p_c.
 */
public final class CrossEntropy implements Loss {
  private static final double LEAST_PROBABILITY = 1e-30;

  static final Key<Boolean> FROM_LOGITS =
      Key.flag(
          "fromLogits",
          false,
          "whether the outputs are logits (the last layer has no softmax or sigmoid) or"
              + " probabilities");
  private static final Key<Double> LABEL_SMOOTHING =
      Key.number(
          "labelSmoothing", 0.0, Range.FRACTION, "share of the label spread evenly over classes");
  private static final Key<List<Double>> CLASS_WEIGHTS =
      Key.numbers(
          "classWeights", List.of(), Range.NOT_NEGATIVE, "one for each class; all 1 without it");

  static final Registry.Entry<Loss> CATEGORICAL =
      entry(
          "categorical-cross-entropy",
          "one of several classes, labels as rows of probabilities",
          Accuracy.Labels.ROW);

  static final Guide CATEGORICAL_GUIDE =
      new Guide(
          """
          loss = - sum over classes c of q_c ln p_c, q_c = w_c ((1 - s) y_c + s / K)
          slope = -q_c / p_c
          slope = p_c sum q - q_c of logits z, p = softmax(z)
          """,
          "[0, inf); p in [0, 1], or logits of any size; a row of labels sums to 1",
          "One of several classes, where labels are rows of probabilities: soft labels, "
              + "distillation. Labels that are class numbers: the sparse form.",
          Curve.over(-6, 6)
              .at(0, 0, 0)
              .labels(1, 0, 0)
              .with("fromLogits", true)
              .named("first of three logits, its class"),
          Curve.over(-6, 6)
              .at(0, 0, 0)
              .labels(0, 1, 0)
              .with("fromLogits", true)
              .named("another class"));
  static final Registry.Entry<Loss> SPARSE =
      entry(
          "sparse-categorical-cross-entropy",
          "one of several classes, labels as class indices",
          Accuracy.Labels.INDEX);

  static final Guide SPARSE_GUIDE =
      new Guide(
          """
          loss = - sum over classes c of q_c ln p_c, q_c = w_c ((1 - s) y_c + s / K)
          slope = -q_c / p_c
          slope = p_c sum q - q_c of logits z, p = softmax(z)
          y_c = 1 for the class that the label names, else 0
          """,
          "[0, inf); p in [0, 1], or logits of any size; labels are classes from 0",
          "One of several classes that exclude each other: the usual loss of a "
              + "classifier, of images as of tokens. classWeights for rare classes, "
              + "labelSmoothing against too much certainty.",
          Curve.over(-6, 6)
              .at(0, 0, 0)
              .labels(0)
              .with("fromLogits", true)
              .named("first of three logits, its class"),
          Curve.over(-6, 6)
              .at(0, 0, 0)
              .labels(0)
              .with("fromLogits", true)
              .with("labelSmoothing", 0.1)
              .named("labelSmoothing 0.1"));

  private final String name;
  private final Accuracy.Labels labels;
  private final Scale scale;
  private final double smoothing;
  private final double[] classWeights;

  private CrossEntropy(
      String name, Accuracy.Labels labels, Scale scale, double smoothing, double[] classWeights) {
    this.name = name;
    this.labels = labels;
    this.scale = scale;
    this.smoothing = smoothing;
    this.classWeights = classWeights;
  }

  private static Registry.Entry<Loss> entry(String name, String summary, Accuracy.Labels labels) {
    return new Registry.Entry<>(
        name,
        summary,
        List.of(FROM_LOGITS, LABEL_SMOOTHING, CLASS_WEIGHTS),
        options -> create(name, labels, options));
  }

  /** What the predictions are, as {@link #FROM_LOGITS} says. */
  static Scale scale(Options options) {
    return options.get(FROM_LOGITS) ? Scale.LOGITS : Scale.PROBABILITIES;
  }

  private static Loss create(String name, Accuracy.Labels labels, Options options) {
    double[] weights =
        options.get(CLASS_WEIGHTS).stream().mapToDouble(Double::doubleValue).toArray();
    return new CrossEntropy(name, labels, scale(options), options.get(LABEL_SMOOTHING), weights);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int labelWidth(Shape output) {
    int classes = output.channels();
    if (classes < 2) {
      throw new ConfigurationException(
          "loss "
              + name
              + " must have an output for each of at least 2 classes, got "
              + classes
              + "; for one output that says yes or no take binary-cross-entropy");
    }
    if (classWeights.length != 0 && classWeights.length != classes) {
      throw new ConfigurationException(
          "loss.classWeights must have a number for each of the "
              + classes
              + " classes, got "
              + classWeights.length);
    }
    return labels == Accuracy.Labels.INDEX ? output.positions() : output.size();
  }

  @Override
  public int summands(Shape output) {
    return output.positions();
  }

  @Override
  public double weight(float[] labels, float[] weights, int examples, Shape output) {
    int positions = output.positions();
    int classes = output.channels();
    double sum = 0;
    for (int row = 0; row < examples * positions; row++) {
      double weight = weights[row / positions];
      if (weight == 0) {
        continue;
      }
      check(labels, row, positions, classes);
      if (isUnlabelled(labels, row)) {
        continue;
      }
      if (classWeights.length == 0) {
        sum += weight;
        continue;
      }
      double ofClasses = 0;
      for (int c = 0; c < classes; c++) {
        ofClasses += classWeights[c] * label(labels, row, c, classes);
      }
      sum += weight * ofClasses;
    }
    return sum;
  }

  @Override
  public double sum(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output) {
    return run(predictions, labels, weights, examples, output, null);
  }

  @Override
  public double gradient(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      Buffer gradient) {
    return run(predictions, labels, weights, examples, output, gradient);
  }

  private double run(
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      @Nullable Buffer gradient) {
    int positions = output.positions();
    int classes = output.channels();
    Scratch scratch = new Scratch(classes);
    double total = 0;
    for (int row = 0; row < examples * positions; row++) {
      check(labels, row, positions, classes);
      double weight = weights[row / positions];
      if (weight != 0 && !isUnlabelled(labels, row)) {
        total +=
            weight
                * (scale == Scale.LOGITS
                    ? fromLogits(predictions, labels, weight, row, scratch, gradient)
                    : fromProbabilities(predictions, labels, weight, row, classes, gradient));
      } else if (gradient != null) {
        for (int c = 0; c < classes; c++) {
          gradient.set(row * classes + c, 0);
        }
      }
    }
    return total;
  }

  /** What the rows of a slice are worked on with. */
  @SuppressWarnings("ArrayRecordComponent") // made once a slice, compared by nobody
  private record Scratch(double[] z, double[] power, double[] spare) {
    Scratch(int classes) {
      this(new double[classes], new double[classes], new double[classes]);
    }
  }

  private double fromLogits(
      Buffer logits,
      float[] labels,
      double weight,
      int row,
      Scratch scratch,
      @Nullable Buffer gradient) {
    double[] z = scratch.z();
    double[] power = scratch.power();
    int classes = z.length;
    logits.read(row * classes, z, classes);
    double largest = z[0];
    for (int c = 1; c < classes; c++) {
      largest = Math.max(largest, z[c]);
    }
    for (int c = 0; c < classes; c++) {
      z[c] -= largest;
    }
    Elementary.exp(z, power, scratch.spare(), classes);
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += power[c];
    }
    double logSum = Elementary.log(sum);
    double loss = 0;
    double allTargets = 0;
    for (int c = 0; c < classes; c++) {
      double q = target(labels, row, c, classes);
      allTargets += q;
      if (q != 0) {
        loss += q * (logSum - z[c]);
      }
    }
    if (gradient != null) {
      for (int c = 0; c < classes; c++) {
        double p = power[c] / sum;
        power[c] = weight * (p * allTargets - target(labels, row, c, classes));
      }
      gradient.write(row * classes, power, classes);
    }
    return loss;
  }

  private double fromProbabilities(
      Buffer p, float[] labels, double weight, int row, int classes, @Nullable Buffer gradient) {
    double loss = 0;
    for (int c = 0; c < classes; c++) {
      int i = row * classes + c;
      double q = target(labels, row, c, classes);
      double bounded = Math.max(p.get(i), LEAST_PROBABILITY);
      if (q != 0) {
        loss -= q * Elementary.log(bounded);
      }
      if (gradient != null) {
        gradient.set(i, -weight * q / bounded);
      }
    }
    return loss;
  }

  /** q_c. */
  private double target(float[] labels, int row, int c, int classes) {
    double smooth = (1 - smoothing) * label(labels, row, c, classes) + smoothing / classes;
    return classWeights.length == 0 ? smooth : classWeights[c] * smooth;
  }

  /** y_c. */
  private double label(float[] values, int row, int c, int classes) {
    return labels == Accuracy.Labels.ROW ? values[row * classes + c] : values[row] == c ? 1 : 0;
  }

  private boolean isUnlabelled(float[] values, int row) {
    return labels == Accuracy.Labels.INDEX && values[row] == -1;
  }

  private void check(float[] values, int row, int positions, int classes) {
    if (labels == Accuracy.Labels.INDEX) {
      float label = values[row];
      boolean none = positions > 1 && label == -1;
      if (!none && !(label >= 0 && label < classes && label == (int) label)) {
        String rule = "a class from 0 to " + (classes - 1);
        throw LabelCheck.refuse(
            name, positions > 1 ? rule + ", or -1 for none" : rule, label, row / positions);
      }
      return;
    }
    for (int i = row * classes; i < (row + 1) * classes; i++) {
      if (!(values[i] >= 0 && values[i] <= 1)) {
        throw LabelCheck.refuse(name, "a row of numbers from 0 to 1", values[i], row / positions);
      }
    }
  }

  @Override
  public void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (scale == Scale.LOGITS) {
      kernel.softmax(predictions, result, examples * output.positions(), output.channels());
    } else if (predictions != result) {
      kernel.copy(predictions, result, examples * output.size());
    }
  }

  @Override
  public Optional<Loss> fused(Activation last) {
    return scale == Scale.PROBABILITIES && last instanceof Softmax
        ? Optional.of(new CrossEntropy(name, labels, Scale.LOGITS, smoothing, classWeights))
        : Optional.empty();
  }

  @Override
  public Task task() {
    return new Task.Classes(labels, scale);
  }
}
