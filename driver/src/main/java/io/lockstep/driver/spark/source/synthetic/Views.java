package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.io.Serializable;

/**
 * Small images of a few patterns as they are seen: pattern k is size x size numbers, standard
 * normal; a view is shifted round by 0 or 1 in each direction, made brighter or darker by a factor
 * in [0.7, 1.3), and put under noise.
 */
final class Views implements Serializable {
  private static final long serialVersionUID = 1L;

  static final Key<Integer> SIZE =
      Key.integer("size", 8, Range.closed(2, 1 << 8), "height and width of a view");
  static final Key<Integer> PATTERNS =
      Key.integer("patterns", 6, Range.closed(2, 1 << 12), "how many different ones there are");
  static final Key<Double> NOISE =
      GeneratorKeys.noise(0.5, "standard deviation of a number; that of a pattern's is 1");

  /** Elements of a row that a view takes, besides its noise. */
  private static final int DRAWN = 3;

  private final int size;
  private final double noise;
  private final double[][] patterns;

  Views(Options options) {
    this.size = options.get(SIZE);
    this.noise = options.get(NOISE);
    this.patterns = new double[options.get(PATTERNS)][size * size];
    RandomStream task = RandomStream.of(options.get(GeneratorKeys.TASK), Purpose.TASK, 0, 0, 0);
    for (int k = 0; k < patterns.length; k++) {
      for (int p = 0; p < size * size; p++) {
        patterns[k][p] = task.normal((long) k * size * size + p);
      }
    }
  }

  /** Numbers of a view. */
  int length() {
    return size * size;
  }

  /** Elements of a row that a view takes. */
  long elements() {
    return 2L * (DRAWN + length());
  }

  int patterns() {
    return patterns.length;
  }

  /** Any pattern, by the row's element. */
  int any(RandomStream random, long element) {
    return (int) (random.unit(element) * patterns.length);
  }

  /** Any pattern but one, by the row's element. */
  int other(RandomStream random, long element, int than) {
    return (than + 1 + (int) (random.unit(element) * (patterns.length - 1))) % patterns.length;
  }

  /**
   * One view.
   *
   * @param random the row's numbers, of which it takes {@link #elements} from {@code from} on
   * @param from even
   * @param to receives the view from {@code at} on
   */
  void view(int pattern, RandomStream random, long from, float[] to, int at) {
    int down = (int) (random.unit(from) * 2);
    int across = (int) (random.unit(from + 1) * 2);
    double bright = 0.7 + 0.6 * random.unit(from + 2);
    for (int p = 0; p < length(); p++) {
      int source = (p / size + down) % size * size + (p % size + across) % size;
      double number = bright * patterns[pattern][source];
      to[at + p] = (float) (number + noise * random.normal(from / 2 + DRAWN + p));
    }
  }
}
