package io.lockstep.worker.engine.activation;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Guide;
import io.lockstep.worker.engine.kernel.Elementary;
import java.util.List;

/**
 * y = x s with s = 1 / (1 + e^(-beta x)); y' = s + beta x s (1 - s). Ramachandran, Zoph, Le (2017);
 * with beta 1 also SiLU (Hendrycks, Gimpel 2016; Elfwing et al. 2018).
 *
 * @param beta the steepness of the gate
 */
public record Swish(double beta) implements Elementwise {
  private static final Key<Double> BETA =
      Key.number("beta", 1.0, Range.FINITE, "the steepness of the gate");

  private static final Key<Boolean> LEARNED =
      Key.flag("learned", false, "train beta, tensor NAME.beta, from the one written");

  static final Registry.Entry<Activation> ENTRY =
      new Registry.Entry<>(
          "swish",
          "x / (1 + e^(-beta x)); with beta 1 also SiLU (Ramachandran et al. 2017)",
          List.of(BETA, LEARNED),
          options ->
              options.get(LEARNED)
                  ? new LearnedSwish(options.get(BETA))
                  : new Swish(options.get(BETA)));

  static final Guide GUIDE =
      new Guide(
          """
          y = x / (1 + e^(-beta x))
          y' = s + beta x s (1 - s), s = 1 / (1 + e^(-beta x))
          dy/dbeta = x^2 s (1 - s), where beta is learned
          """,
          "[-0.278 / beta, inf) for beta > 0",
          "Deep convolution networks and transformers, where it is often a little better "
              + "than relu; costs an exponential. With learned: true the layer finds its own "
              + "beta.",
          Curve.over(-4, 4).named("beta 1"),
          Curve.over(-4, 4).named("beta 3").with("beta", 3.0));

  @Override
  public String name() {
    return ENTRY.name();
  }

  @Override
  public boolean fromOutput() {
    return false;
  }

  @Override
  public void value(double[] x, double[] y, double[][] scratch, int n) {
    gate(x, y, scratch[0], n);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * y[i];
    }
  }

  @Override
  public void gradient(double[] x, double[] dy, double[] dx, double[][] scratch, int n) {
    gate(x, dx, scratch[0], n);
    for (int i = 0; i < n; i++) {
      double s = dx[i];
      dx[i] = dy[i] * (s + beta * x[i] * (s * (1 - s)));
    }
  }

  private void gate(double[] x, double[] s, double[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      s[i] = -beta * x[i];
    }
    Elementary.exp(s, s, scratch, n);
    for (int i = 0; i < n; i++) {
      s[i] = 1 / (1 + s[i]);
    }
  }
}
