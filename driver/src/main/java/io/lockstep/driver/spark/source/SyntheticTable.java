package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import io.lockstep.driver.spark.source.SyntheticSource.Examples;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;

/** Made-up examples, cut by row number. */
record SyntheticTable(
    Options options, String shown, Configuration hadoop, Examples examples, int count)
    implements SoundTable {
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
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    String file = name();
    Examples made = examples;
    int wanted = parts > 0 ? parts : Math.max(spark.defaultParallelism(), count / PART_ROWS);
    int cut = Math.min(wanted, count);
    List<FilePart> ranges =
        IntStream.range(0, cut)
            .mapToObj(i -> new FilePart(i, file, (long) i * count / cut, (i + 1L) * count / cut))
            .toList();
    return new FileParts<>(
        spark,
        hadoop,
        ranges,
        Parsed.class,
        (conf, part) -> new SyntheticRows(file, made, labels, part.from(), part.to()));
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    return new SyntheticRows(name(), examples, labels, 0, count);
  }
}
