package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/** y = sin(2 pi periods x) + noise n, x even in [-1, 1), n standard normal. */
final class Sine implements Generator {
  private static final long serialVersionUID = 1L;
  private static final Key<Double> PERIODS =
      Key.number("periods", 1, Range.POSITIVE, "of the sine, over [0, 1]; as many over [-1, 0]");
  private static final Key<Double> NOISE =
      GeneratorKeys.noise(0.1, "standard deviation of a value; the sine's height is 1");

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "sin",
          "A sine with noise; model.input [1], one label, a value.",
          List.of(PERIODS, NOISE),
          Sine::new);

  private final double periods;
  private final double noise;

  private Sine(Options options) {
    this.periods = options.get(PERIODS);
    this.noise = options.get(NOISE);
  }

  @Override
  public int features() {
    return 1;
  }

  @Override
  public int labels() {
    return 1;
  }

  @Override
  public int classes() {
    return 0;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    row[0] = (float) (2 * random.unit(0) - 1);
    label[0] = (float) (StrictMath.sin(2 * Math.PI * periods * row[0]) + noise * random.normal(1));
  }
}
