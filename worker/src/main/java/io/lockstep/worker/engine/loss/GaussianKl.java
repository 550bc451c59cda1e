package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * KL(N(m, e^s) || N(0, 1)) = -1/2 sum (1 + s - m^2 - e^s), the sum over latent dimensions; slope m
 * by m, (e^s - 1) / 2 by s. Kingma and Welling (2014), "Auto-encoding variational Bayes", appendix
 * B. Predictions are means m, then log variances s: the first and the second half of the features,
 * or of the channels at each position. There are no labels. Above s = {@value #MOST} e^s goes on as
 * its tangent, so that loss and gradient stay finite.
 */
public record GaussianKl() implements ExampleLoss {
  private static final double MOST = 60;

  static final Registry.Entry<Loss> ENTRY =
      new Registry.Entry<>(
          "gaussian-kl",
          "from means and log variances to the standard normal; no labels: variational"
              + " autoencoders (Kingma, Welling 2014)",
          List.of(),
          options -> new GaussianKl());

  static final Guide GUIDE =
      new Guide(
          """
          loss = -1/2 sum (1 + s - m^2 - e^s), m the means, s the log variances
          slope by m = m, by s = (e^s - 1) / 2
          """,
          "[0, inf); means, then as many log variances; no labels",
          "The second term of a variational autoencoder: keeps the latent distribution near the "
              + "standard normal. A small weight beside the reconstruction at first, or it wins.",
          Curve.over(-3, 3).at(0, 0).named("over the mean"),
          Curve.over(-3, 3).at(0, 0).along(0, 1).named("over the log variance"));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public int labelWidth(Shape output) {
    if (output.channels() % 2 != 0) {
      throw new ConfigurationException(
          "loss gaussian-kl needs means, then as many log variances, got an odd number of outputs "
              + output);
    }
    return 0;
  }

  @Override
  public double loss(Shape output, double[] x, double[] labels, double[] gradient) {
    int half = output.channels() / 2;
    double total = 0;
    for (int at = 0; at < x.length; at += 2 * half) {
      for (int i = at; i < at + half; i++) {
        double m = x[i];
        double s = x[i + half];
        double slope = Elementary.exp(Math.min(s, MOST));
        double variance = slope * (1 + Math.max(s - MOST, 0));
        total -= 0.5 * (1 + s - m * m - variance);
        gradient[i] = m;
        gradient[i + half] = 0.5 * (slope - 1);
      }
    }
    return total;
  }
}
