package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.driver.spark.source.SyntheticSource.Examples;
import org.jspecify.annotations.Nullable;

/** Rows {@code from} .. {@code to} - 1 of made-up examples. */
final class SyntheticRows extends ReadAhead<Parsed> {
  private final String name;
  private final Examples examples;
  private final LabelReader reader;
  private final ExampleForm form;
  private final float[] features;
  private final float[] labels;
  private final long to;
  private long row;

  /**
   * @param name of the source, for errors
   * @param reader says which labels there may be
   */
  SyntheticRows(String name, Examples examples, LabelReader reader, long from, long to) {
    this.name = name;
    this.examples = examples;
    this.reader = reader;
    this.form = SyntheticTable.form(examples);
    this.features = new float[examples.generator().features()];
    this.labels = new float[examples.generator().labels()];
    this.row = from;
    this.to = to;
  }

  @Override
  @Nullable Parsed read() {
    if (row >= to) {
      return null;
    }
    RandomStream random = RandomStream.of(examples.seed(), Purpose.EXAMPLE, 0, row, 0);
    examples.generator().example(random, features, labels);
    byte[] content = new byte[form.bytes()];
    for (int j = 0; j < features.length; j++) {
      form.feature(content, j, features[j]);
    }
    for (int k = 0; k < form.labels(); k++) {
      float label = reader.read((double) labels[k]);
      if (Float.isNaN(label)) {
        String reason = "row " + row + ": the label " + reader.refusal(Float.toString(labels[k]));
        row = to;
        return new Parsed.Broken(name, reason);
      }
      form.label(content, k, label);
    }
    row++;
    return new Parsed.Row(content);
  }

  @Override
  public void close() {} // nothing is open
}
