package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.metric.Scale;
import java.util.Arrays;

/**
 * A loss of the distribution p over classes that the network puts out at each position: one for
 * features, as many as a sequence is long or an image has pixels. Positions are summed and each
 * counts, so that the step divides by their number.
 *
 * <p>From logits z, log p_c = z_c - log sum e^z with the largest z taken out; from probabilities p
 * is not taken below 1e-30. With h_c = d loss / d log p_c the gradient is h_c - p_c sum h by
 * logits, h_c / p_c by probabilities: finite for any logits.
 */
interface DistributionLoss extends ExampleLoss {
  /** Smallest probability that is told from 0. */
  double LEAST_PROBABILITY = 1e-30;

  /** What the predictions are. */
  Scale scale();

  /**
   * The loss at one position.
   *
   * @param logP [classes], logarithms of the probabilities; not modified
   * @param p [classes], the probabilities; not modified
   * @param labels the example's; not modified
   * @param position of the example, from 0
   * @param slope [classes], to be written: d loss / d log p
   */
  double loss(double[] logP, double[] p, double[] labels, int position, double[] slope);

  /** Refuses outputs of fewer than two classes. */
  default int classes(Shape output) {
    if (output.channels() < 2) {
      throw new ConfigurationException(
          "loss "
              + name()
              + " must have an output for each of at least 2 classes, got "
              + output.channels());
    }
    return output.channels();
  }

  @Override
  default double count(Shape output, float[] labels, int from) {
    return output.positions();
  }

  @Override
  default double loss(Shape output, double[] predictions, double[] labels, double[] gradient) {
    int classes = output.channels();
    double[] logP = new double[classes];
    double[] p = new double[classes];
    double[] slope = new double[classes];
    double total = 0;
    for (int position = 0; position < output.positions(); position++) {
      int at = position * classes;
      distribution(predictions, at, logP, p);
      Arrays.fill(slope, 0);
      total += loss(logP, p, labels, position, slope);
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += slope[c];
      }
      for (int c = 0; c < classes; c++) {
        gradient[at + c] = scale() == Scale.LOGITS ? slope[c] - p[c] * sum : slope[c] / p[c];
      }
    }
    return total;
  }

  private void distribution(double[] x, int at, double[] logP, double[] p) {
    int classes = p.length;
    if (scale() == Scale.PROBABILITIES) {
      for (int c = 0; c < classes; c++) {
        p[c] = Math.max(x[at + c], LEAST_PROBABILITY);
        logP[c] = Elementary.log(p[c]);
      }
      return;
    }
    LogSoftmax.of(x, at, logP, p, 0, classes);
  }

  @Override
  default void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (scale() == Scale.LOGITS) {
      kernel.softmax(predictions, result, examples * output.positions(), output.channels());
    } else {
      ExampleLoss.super.present(kernel, predictions, result, examples, output);
    }
  }
}
