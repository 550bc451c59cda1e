package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import io.lockstep.driver.spark.source.SyntheticSource.Examples;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;

/** Made-up examples, cut by row number. */
record SyntheticTable(String name, Configuration hadoop, Examples examples, int count)
    implements Table {
  private static final int PART_ROWS = 1 << 16;

  static ExampleForm form(Examples examples) {
    int labels = examples.labelled() ? examples.generator().labels() : 0;
    return new ExampleForm(FeatureType.FLOAT32, examples.generator().features(), labels, false);
  }

  @Override
  public ExampleForm form() {
    return form(examples);
  }

  @Override
  public List<String> featureNames() {
    return List.of();
  }

  @Override
  public boolean skipsBadRows() {
    return false;
  }

  @Override
  public String wayOut() {
    throw noBadRows();
  }

  @Override
  public boolean hasTextLabels() {
    return false;
  }

  @Override
  public RDD<String> labelTexts(SparkContext spark) {
    throw new IllegalStateException("the labels of made-up examples are numbers");
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    String shown = name;
    Examples made = examples;
    int wanted = parts > 0 ? parts : Math.max(spark.defaultParallelism(), count / PART_ROWS);
    int cut = Math.min(wanted, count);
    List<FilePart> ranges =
        IntStream.range(0, cut)
            .mapToObj(i -> new FilePart(i, shown, (long) i * count / cut, (i + 1L) * count / cut))
            .toList();
    return new FileParts<>(
        spark,
        hadoop,
        ranges,
        Parsed.class,
        (conf, part) -> new SyntheticRows(shown, made, labels, part.from(), part.to()));
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    return new SyntheticRows(name, examples, labels, 0, count);
  }

  @Override
  public String place(Parsed.Bad row) {
    throw noBadRows();
  }

  private static IllegalStateException noBadRows() {
    return new IllegalStateException("made-up examples are all good");
  }
}
