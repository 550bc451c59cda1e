package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * What a linear teacher says: y = W x + noise n, x and n standard normal, W [outputs, features]
 * normal with variance 1 / features. The deviation of feature j falls from 1 to 1 / condition,
 * geometrically: the larger the condition, the harder is the problem for an optimizer. The least
 * mean squared error that any model can reach is noise squared.
 */
final class Linear implements Generator {
  private static final long serialVersionUID = 1L;
  private static final Key<Integer> FEATURES =
      Key.integer("features", 16, Range.closed(1, 1 << 16), "numbers of x; model.input");
  private static final Key<Integer> OUTPUTS =
      Key.integer("outputs", 1, Range.closed(1, 1 << 12), "numbers of y, the labels");
  private static final Key<Double> NOISE =
      GeneratorKeys.noise(0.1, "standard deviation of what the teacher adds");
  private static final Key<Double> CONDITION =
      Key.number(
          "condition",
          1,
          new Range(1, false, Double.POSITIVE_INFINITY, true),
          "deviation of the first feature over that of the last");

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "linear",
          "What a linear teacher says, with noise; model.input [features], outputs labels, values.",
          List.of(FEATURES, OUTPUTS, NOISE, CONDITION, GeneratorKeys.TASK),
          Linear::new);

  private final int features;
  private final int outputs;
  private final double noise;
  private final double[] deviation;
  private final double[] teacher;

  private Linear(Options options) {
    this.features = options.get(FEATURES);
    this.outputs = options.get(OUTPUTS);
    this.noise = options.get(NOISE);
    this.deviation = new double[features];
    for (int j = 0; j < features; j++) {
      double part = features == 1 ? 0 : (double) j / (features - 1);
      deviation[j] = StrictMath.pow(options.get(CONDITION), -part);
    }
    RandomStream task = RandomStream.of(options.get(GeneratorKeys.TASK), Purpose.TASK, 0, 0, 0);
    this.teacher = new double[outputs * features];
    for (int i = 0; i < teacher.length; i++) {
      teacher[i] = task.normal(i) / StrictMath.sqrt(features);
    }
  }

  @Override
  public int features() {
    return features;
  }

  @Override
  public int labels() {
    return outputs;
  }

  @Override
  public int classes() {
    return 0;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    for (int j = 0; j < features; j++) {
      row[j] = (float) (deviation[j] * random.normal(j));
    }
    for (int k = 0; k < outputs; k++) {
      double sum = 0;
      for (int j = 0; j < features; j++) {
        sum += teacher[k * features + j] * row[j];
      }
      label[k] = (float) (sum + noise * random.normal((long) features + k));
    }
  }
}
