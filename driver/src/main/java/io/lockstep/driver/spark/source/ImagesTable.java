package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import io.lockstep.driver.spark.source.ImagesSource.Pixels;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.util.SerializableConfiguration;
import scala.reflect.ClassTag$;

/** Image files, dealt to tasks by their names; each is read and decoded where its task is. */
record ImagesTable(Options options, Configuration hadoop, List<String> files, Pixels pixels)
    implements Table {
  private static final int PART_FILES = 1000;

  static ExampleForm form(Pixels pixels) {
    int features = Math.multiplyExact(pixels.channels(), pixels.height() * pixels.width());
    return new ExampleForm(FeatureType.UINT8, features, pixels.labelled() ? 1 : 0, false);
  }

  @Override
  public String shown() {
    return InputFile.show(options.get(ImagesSource.PATH));
  }

  @Override
  public ExampleForm form() {
    return form(pixels);
  }

  @Override
  public String wayOut() {
    return "mend the image, or leave such images out with " + options.path() + ".onBadRow: skip";
  }

  @Override
  public boolean hasTextLabels() {
    return pixels.labelled();
  }

  /** Found in the names alone. */
  @Override
  public RDD<String> labelTexts(SparkContext spark) {
    return paths(spark, 0).map(ImageFiles::label).rdd();
  }

  private JavaRDD<String> paths(SparkContext spark, int parts) {
    int wanted =
        parts > 0 ? parts : Math.max(spark.defaultParallelism(), files.size() / PART_FILES);
    return new JavaSparkContext(spark).parallelize(files, Math.min(wanted, files.size()));
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    Pixels wanted = pixels;
    Broadcast<SerializableConfiguration> settings =
        spark.broadcast(
            new SerializableConfiguration(hadoop),
            ClassTag$.MODULE$.apply(SerializableConfiguration.class));
    return paths(spark, parts)
        .mapPartitions(
            names ->
                (java.util.Iterator<Parsed>)
                    new ImageRows(names, wanted, labels, settings.value().value()))
        .rdd();
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    return new ImageRows(files.iterator(), pixels, labels, hadoop);
  }

  @Override
  public String place(Parsed.Bad row) {
    return InputFile.show(row.file());
  }
}
