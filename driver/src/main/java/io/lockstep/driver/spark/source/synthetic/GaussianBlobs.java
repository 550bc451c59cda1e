package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Clouds of points, one a class: x = centre(class) + noise * n, n standard normal; the centres are
 * standard normal themselves. Element 0 of the row chooses the class by its weight, which falls
 * geometrically from the first class to the last where classes are not even.
 */
final class GaussianBlobs implements Generator {
  private static final long serialVersionUID = 1L;
  private static final Key<Integer> CLASSES =
      Key.integer("classes", 3, Range.closed(2, 1 << 16), "how many clouds; data.labels.classes");
  private static final Key<Integer> FEATURES =
      Key.integer("features", 2, Range.closed(1, 1 << 16), "numbers of a point; model.input");
  private static final Key<Double> NOISE =
      GeneratorKeys.noise(0.5, "standard deviation of a cloud; that of the centres is 1");
  private static final Key<Double> IMBALANCE =
      Key.number(
          "imbalance",
          1,
          new Range(1, false, Double.POSITIVE_INFINITY, true),
          "how many times as frequent the first class is as the last");

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "gaussian-blobs",
          "A cloud of points a class; model.input [features], one label, a class.",
          List.of(CLASSES, FEATURES, NOISE, IMBALANCE, GeneratorKeys.TASK),
          GaussianBlobs::new);

  private final int features;
  private final double noise;
  private final double[][] centres;
  private final double[] upTo;

  private GaussianBlobs(Options options) {
    int classes = options.get(CLASSES);
    this.features = options.get(FEATURES);
    this.noise = options.get(NOISE);
    this.centres = new double[classes][features];
    RandomStream task = RandomStream.of(options.get(GeneratorKeys.TASK), Purpose.TASK, 0, 0, 0);
    for (int c = 0; c < classes; c++) {
      for (int j = 0; j < features; j++) {
        centres[c][j] = task.normal((long) c * features + j);
      }
    }
    this.upTo = new double[classes];
    double fall = StrictMath.pow(options.get(IMBALANCE), -1.0 / (classes - 1));
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += StrictMath.pow(fall, c);
      upTo[c] = sum;
    }
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public int labels() {
    return 1;
  }

  @Override
  public int classes() {
    return centres.length;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    double drawn = random.unit(0) * upTo[upTo.length - 1];
    int c = 0;
    while (c < upTo.length - 1 && drawn >= upTo[c]) {
      c++;
    }
    for (int j = 0; j < features; j++) {
      row[j] = (float) (centres[c][j] + noise * random.normal(1 + j));
    }
    label[0] = c;
  }
}
