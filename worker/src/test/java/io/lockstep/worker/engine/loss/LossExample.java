package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.fail;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every loss of the registry can be tried on. A loss that is not in the table fails the tests
 * that run over the registry.
 *
 * @param output shape of predictions
 * @param labels what labels look like
 * @param settings without which it cannot be made
 */
public record LossExample(Shape output, Labels labels, Map<String, Object> settings) {
  /** What labels look like. */
  public enum Labels {
    /** None. */
    NONE,
    /** The index of a class at each position. */
    CLASS,
    /** A row of probabilities at each position. */
    ROW,
    /** 0 or 1 for each number of label. */
    YES_NO,
    /** Classes from 1, -1 behind the last. */
    SPELLING
  }

  private LossExample(Shape output, Labels labels) {
    this(output, labels, Map.of());
  }

  private static final Shape FOUR = Shape.of(4);

  private static final Map<String, LossExample> BY_TYPE =
      Map.ofEntries(
          Map.entry("categorical-cross-entropy", new LossExample(FOUR, Labels.ROW)),
          Map.entry("sparse-categorical-cross-entropy", new LossExample(FOUR, Labels.CLASS)),
          Map.entry("binary-cross-entropy", new LossExample(FOUR, Labels.ROW)),
          Map.entry("mse", new LossExample(FOUR, Labels.ROW)),
          Map.entry("mae", new LossExample(FOUR, Labels.ROW)),
          Map.entry("huber", new LossExample(FOUR, Labels.ROW)),
          Map.entry("log-cosh", new LossExample(FOUR, Labels.ROW)),
          Map.entry("quantile", new LossExample(FOUR, Labels.ROW)),
          Map.entry("hinge", new LossExample(FOUR, Labels.YES_NO)),
          Map.entry("squared-hinge", new LossExample(FOUR, Labels.YES_NO)),
          Map.entry("multi-class-hinge", new LossExample(FOUR, Labels.CLASS)),
          Map.entry("perceptron", new LossExample(FOUR, Labels.YES_NO)),
          Map.entry("kl-divergence", new LossExample(FOUR, Labels.ROW)),
          Map.entry("js-divergence", new LossExample(FOUR, Labels.ROW)),
          Map.entry("focal", new LossExample(FOUR, Labels.YES_NO)),
          Map.entry("categorical-focal", new LossExample(FOUR, Labels.ROW)),
          Map.entry("sparse-categorical-focal", new LossExample(FOUR, Labels.CLASS)),
          Map.entry("dice", new LossExample(FOUR, Labels.YES_NO)),
          Map.entry("contrastive", new LossExample(FOUR, Labels.YES_NO)),
          Map.entry("triplet", new LossExample(Shape.of(6), Labels.NONE)),
          Map.entry("cosine", new LossExample(FOUR, Labels.ROW)),
          Map.entry("ctc", new LossExample(Shape.sequence(5, 4), Labels.SPELLING)),
          Map.entry("gaussian-kl", new LossExample(FOUR, Labels.NONE)),
          Map.entry(
              "java", new LossExample(FOUR, Labels.ROW, Map.of("class", Cubed.class.getName()))));

  /** That of a type. */
  public static LossExample of(String type) {
    LossExample found = BY_TYPE.get(type);
    return found == null ? fail("LossExample says nothing about the loss '%s'", type) : found;
  }

  /** The same on other outputs. */
  LossExample on(Shape other) {
    return new LossExample(other, labels, settings);
  }

  /** The section of the configuration that makes it, with further settings. */
  public Map<String, Object> section(String type, Map<String, Object> further) {
    Map<String, Object> section = new TreeMap<>(settings);
    section.putAll(further);
    section.put("type", type);
    return section;
  }

  /** Rows of positive numbers that sum to 1: good as probabilities, logits and values alike. */
  public double[] predictions(int examples) {
    return rows(1, examples * output.positions(), output.channels());
  }

  /** Labels of so many examples. */
  public float[] labels(Loss loss, int examples) {
    int width = loss.labelWidth(output);
    float[] values = new float[examples * width];
    double[] rows = rows(2, examples * output.positions(), output.channels());
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (labels) {
            case NONE -> 0;
            case CLASS -> (7 * i + 3) % output.channels();
            case ROW -> (float) rows[i];
            case YES_NO -> (5 * i + i / 3) % 2;
            case SPELLING -> i % width < 1 + i / width % 2 ? 1 + i % 3 : -1;
          };
    }
    return values;
  }

  private static double[] rows(long seed, int count, int width) {
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 0, 0, 0);
    double[] rows = new double[count * width];
    for (int row = 0; row < count; row++) {
      double sum = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        rows[i] = 0.05 + random.unit(i);
        sum += rows[i];
      }
      for (int i = row * width; i < (row + 1) * width; i++) {
        rows[i] /= sum;
      }
    }
    return rows;
  }
}
