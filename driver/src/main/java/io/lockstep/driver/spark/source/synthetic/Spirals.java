package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Arms of a spiral, one a class (after Lang, Witbrock 1988, "Learning to tell two spirals apart"):
 * at t in [0, 1) arm c of C is at radius t and angle 2 pi (turns t + c / C), plus noise.
 */
final class Spirals implements Generator {
  private static final long serialVersionUID = 1L;
  private static final Key<Integer> CLASSES =
      Key.integer("classes", 2, Range.closed(2, 100), "how many arms; data.labels.classes");
  private static final Key<Double> TURNS =
      Key.number("turns", 1.5, Range.POSITIVE, "how often an arm goes round");
  private static final Key<Double> NOISE =
      GeneratorKeys.noise(
          0.02, "standard deviation of a point from its arm; the spiral's radius is 1");

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "spirals",
          "Points on the arms of a spiral (Lang, Witbrock 1988); model.input [2], one label, the arm.",
          List.of(CLASSES, TURNS, NOISE),
          Spirals::new);

  private final int classes;
  private final double turns;
  private final double noise;

  private Spirals(Options options) {
    this.classes = options.get(CLASSES);
    this.turns = options.get(TURNS);
    this.noise = options.get(NOISE);
  }

  @Override
  public int features() {
    return 2;
  }

  @Override
  public int labels() {
    return 1;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    int c = (int) (random.unit(0) * classes);
    double t = random.unit(1);
    double angle = 2 * Math.PI * (turns * t + (double) c / classes);
    row[0] = (float) (t * StrictMath.cos(angle) + noise * random.normal(1));
    row[1] = (float) (t * StrictMath.sin(angle) + noise * random.normal(2));
    label[0] = c;
  }
}
