package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/** Two views side by side, half of them of the same pattern: label 1 where they are, else 0. */
final class Pairs implements Generator {
  private static final long serialVersionUID = 1L;

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "pairs",
          "Two views of patterns, for contrastive loss; model.inputs {a: [1, size, size], b: [1,"
              + " size, size]}, one label: 1 same, 0 different.",
          List.of(Views.SIZE, Views.PATTERNS, Views.NOISE, GeneratorKeys.TASK),
          Pairs::new);

  private final Views views;

  private Pairs(Options options) {
    this.views = new Views(options);
  }

  @Override
  public int features() {
    return 2 * views.length();
  }

  @Override
  public int labels() {
    return 1;
  }

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    boolean same = random.unit(0) < 0.5;
    int first = views.any(random, 1);
    int second = same ? first : views.other(random, 2, first);
    views.view(first, random, 4, row, 0);
    views.view(second, random, 4 + views.elements(), row, views.length());
    label[0] = same ? 1 : 0;
  }
}
