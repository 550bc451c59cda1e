package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Images of bright discs and rectangles on a dark ground, all under noise; the label is the mask:
 * for each pixel 0 = ground, 1 = disc, 2 = rectangle. A later shape covers an earlier one. A pixel
 * belongs to a shape by its middle; both kinds are equally bright, so that only the outline tells
 * them apart.
 */
final class Shapes implements Generator {
  private static final long serialVersionUID = 1L;
  private static final double GROUND = 0.2;
  private static final double BRIGHT = 0.8;
  private static final int DRAWN = 6;

  private static final Key<Integer> SIZE =
      Key.integer("size", 16, Range.closed(8, 1 << 10), "height and width of the image");
  private static final Key<Integer> SHAPES =
      Key.integer(
          "shapes", 2, Range.closed(1, 100), "most shapes of an image, at least 1 is there");
  private static final Key<Double> NOISE =
      GeneratorKeys.noise(0.1, "standard deviation of a pixel; the ground is 0.2, a shape 0.8");

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "shapes",
          "Discs and rectangles under noise; model.input [1, size, size], size * size labels, a"
              + " pixel's class of 3: ground, disc, rectangle.",
          List.of(SIZE, SHAPES, NOISE),
          Shapes::new);

  private final int size;
  private final int shapes;
  private final double noise;

  private Shapes(Options options) {
    this.size = options.get(SIZE);
    this.shapes = options.get(SHAPES);
    this.noise = options.get(NOISE);
  }

  @Override
  public int features() {
    return size * size;
  }

  @Override
  public int labels() {
    return size * size;
  }

  @Override
  public int classes() {
    return 3;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    java.util.Arrays.fill(label, 0);
    int count = 1 + (int) (random.unit(0) * shapes);
    for (int s = 0; s < count; s++) {
      draw(random, 1 + (long) s * DRAWN, label);
    }
    long first = 1 + (long) shapes * DRAWN;
    for (int p = 0; p < row.length; p++) {
      // Normal i takes elements 2 i and 2 i + 1.
      row[p] = (float) ((label[p] > 0 ? BRIGHT : GROUND) + noise * random.normal(first + p));
    }
  }

  private void draw(RandomStream random, long from, float[] mask) {
    boolean disc = random.unit(from) < 0.5;
    double y = random.unit(from + 1) * size;
    double x = random.unit(from + 2) * size;
    double halfHeight = size * (0.12 + 0.16 * random.unit(from + 3));
    double halfWidth = disc ? halfHeight : size * (0.12 + 0.16 * random.unit(from + 4));
    for (int p = 0; p < mask.length; p++) {
      int line = p / size;
      int column = p % size;
      double down = (line + 0.5 - y) / halfHeight;
      double across = (column + 0.5 - x) / halfWidth;
      boolean inside =
          disc ? down * down + across * across < 1 : Math.abs(down) < 1 && Math.abs(across) < 1;
      if (inside) {
        mask[p] = disc ? 1 : 2;
      }
    }
  }
}
