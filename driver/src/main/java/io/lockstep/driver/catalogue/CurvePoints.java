package io.lockstep.driver.catalogue;

import io.lockstep.driver.report.CardsPage;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** Points of a guide's curves, as the engine computes function and gradient in float64. */
final class CurvePoints {
  private static final int INTERVALS = 240;

  /** A chart shows three digits; a page of many figures stays small. */
  private static final MathContext DIGITS = new MathContext(6);

  private CurvePoints() {}

  /** The first number that comes out, and its derivative. */
  static CardsPage.Curve of(Activation activation, Curve curve) {
    int rows = INTERVALS + 1;
    int columns = curve.at().size();
    try (Kernel kernel = new PlainKernel()) {
      Buffer x = kernel.allocate(rows * columns);
      Buffer first = kernel.allocate(rows * columns);
      for (int r = 0; r < rows; r++) {
        x.write(r * columns, at(curve, t(curve, r)), columns);
        first.set(r * columns, 1);
      }
      Buffer y = activation.inPlace() ? x : kernel.allocate(rows * columns);
      activation.forward(kernel, x, y, rows, columns);
      activation.backward(kernel, x, y, first, first, rows, columns);
      List<Double> ts = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      List<Double> slopes = new ArrayList<>();
      for (int r = 0; r < rows; r++) {
        ts.add(rounded(t(curve, r)));
        values.add(rounded(y.get(r * columns)));
        slopes.add(rounded(along(curve, first, r * columns)));
      }
      return new CardsPage.Curve(curve.name(), ts, values, slopes);
    }
  }

  /** The loss of one example of weight 1, and its derivative. */
  static CardsPage.Curve of(Loss loss, Curve curve) {
    int outputs = curve.at().size();
    Shape shape = Shape.of(outputs);
    float[] weight = {1};
    float[] labels = new float[curve.labels().size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = curve.labels().get(i).floatValue();
    }
    try (Kernel kernel = new PlainKernel()) {
      Buffer predictions = kernel.allocate(outputs);
      Buffer gradient = kernel.allocate(outputs);
      List<Double> ts = new ArrayList<>();
      List<Double> values = new ArrayList<>();
      List<Double> slopes = new ArrayList<>();
      for (int r = 0; r <= INTERVALS; r++) {
        double t = t(curve, r);
        predictions.write(0, at(curve, t), outputs);
        ts.add(rounded(t));
        values.add(rounded(loss.gradient(kernel, predictions, labels, weight, 1, shape, gradient)));
        slopes.add(rounded(along(curve, gradient, 0)));
      }
      return new CardsPage.Curve(curve.name(), ts, values, slopes);
    }
  }

  private static double t(Curve curve, int point) {
    return curve.from() + (curve.to() - curve.from()) * point / INTERVALS;
  }

  private static double[] at(Curve curve, double t) {
    double[] at = new double[curve.at().size()];
    for (int i = 0; i < at.length; i++) {
      at[i] = curve.at().get(i) + t * curve.along().get(i);
    }
    return at;
  }

  private static double along(Curve curve, Buffer gradient, int from) {
    double slope = 0;
    for (int i = 0; i < curve.along().size(); i++) {
      slope += curve.along().get(i) * gradient.get(from + i);
    }
    return slope;
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
