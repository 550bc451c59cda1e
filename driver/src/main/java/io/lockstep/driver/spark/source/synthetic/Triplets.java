package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Three views side by side: anchor, positive (of the anchor's pattern), negative (of another). The
 * label is the anchor's pattern, of which a triplet loss needs nothing: {@code data.labels: {none:
 * true}} leaves it out.
 */
final class Triplets implements Generator {
  private static final long serialVersionUID = 1L;

  static final Registry.Entry<Generator> ENTRY =
      new Registry.Entry<>(
          "triplets",
          "Three views: anchor, same pattern, another, for triplet loss; model.inputs {a: [1, size,"
              + " size], b: ..., c: ...}, one label: the anchor's pattern, or data.labels: {none: true}.",
          List.of(Views.SIZE, Views.PATTERNS, Views.NOISE, GeneratorKeys.TASK),
          Triplets::new);

  private final Views views;

  private Triplets(Options options) {
    this.views = new Views(options);
  }

  @Override
  public int features() {
    return 3 * views.length();
  }

  @Override
  public int labels() {
    return 1;
  }

  @Override
  public int classes() {
    return views.patterns();
  }

  @Override
  public void example(RandomStream random, float[] row, float[] label) {
    int anchor = views.any(random, 0);
    int other = views.other(random, 1, anchor);
    views.view(anchor, random, 2, row, 0);
    views.view(anchor, random, 2 + views.elements(), row, views.length());
    views.view(other, random, 2 + 2 * views.elements(), row, 2 * views.length());
    label[0] = anchor;
  }
}
