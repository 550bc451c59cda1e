package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences [time, width] that show some symbols one after another, each for a time of its own,
 * with pauses between; labels are the symbols' numbers from 1 (0 stays free for a blank), then -1:
 * where a symbol begins is for the model to find out. Symbol k shows a pattern of its own, standard
 * normal, [width]; a pause shows nothing; all is under noise. A symbol takes 2 or 3 positions, and
 * before each, and so between two equal ones, are 1 or 2 of pause.
 */
final class Strokes implements Generator {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 5;

  private static final Key<Integer> TIME =
      Key.integer("time", 24, Range.closed(LONGEST, 1 << 12), "positions of the sequence");
  private static final Key<Integer> WIDTH =
      Key.integer("width", 8, Range.closed(1, 1 << 10), "numbers of a position");
  private static final Key<Integer> SYMBOLS =
      Key.integer("symbols", 4, Range.closed(1, 1 << 12), "how many there are, numbered from 1");
  private static final Key<Integer> MOST =
      Key.integer(
          "most", 4, Range.closed(1, 1 << 10), "most symbols of a sequence, at least 1 is there");
  private static final Key<Double> NOISE =
      GeneratorKeys.noise(0.3, "standard deviation of a number; that of a pattern's is 1");

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "strokes",
          "Symbols shown one after another for times of their own, for ctc; model.input [time,"
              + " width], most labels: the symbols from 1, then -1; symbols + 1 classes, 0 is blank.",
          List.of(TIME, WIDTH, SYMBOLS, MOST, NOISE, GeneratorKeys.TASK),
          Strokes::new);

  private final int time;
  private final int width;
  private final int symbols;
  private final int most;
  private final double noise;
  private final double[][] patterns;

  private Strokes(Options options) {
    this.time = options.get(TIME);
    this.width = options.get(WIDTH);
    this.symbols = options.get(SYMBOLS);
    this.most = options.get(MOST);
    this.noise = options.get(NOISE);
    if (time < most * LONGEST) {
      throw options.error(
          TIME, "must have " + LONGEST + " positions for each of most " + most + " symbols");
    }
    RandomStream task = RandomStream.of(options.get(GeneratorKeys.TASK), Purpose.TASK, 0, 0, 0);
    this.patterns = new double[symbols][width];
    for (int s = 0; s < symbols; s++) {
      for (int j = 0; j < width; j++) {
        patterns[s][j] = task.normal((long) s * width + j);
      }
    }
  }

  @Override
  public int features() {
    return time * width;
  }

  @Override
  public int labels() {
    return most;
  }

  @Override
  public int classes() {
    return symbols + 1;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    Arrays.fill(row, 0);
    Arrays.fill(label, -1);
    int count = 1 + (int) (random.unit(0) * most);
    int at = 0;
    for (int s = 0; s < count; s++) {
      int symbol = (int) (random.unit(3L * s + 1) * symbols);
      at += 1 + (int) (random.unit(3L * s + 2) * 2);
      int until = at + 2 + (int) (random.unit(3L * s + 3) * 2);
      for (; at < until; at++) {
        for (int j = 0; j < width; j++) {
          row[at * width + j] = (float) patterns[symbol][j];
        }
      }
      label[s] = symbol + 1;
    }
    long first = 3L * most + 1;
    for (int i = 0; i < row.length; i++) {
      row[i] += (float) (noise * random.normal(first + i));
    }
  }
}
