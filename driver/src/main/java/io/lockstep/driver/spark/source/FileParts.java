package io.lockstep.driver.spark.source;

import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Rows read from parts of files, a partition a part.
 *
 * @param <T> what is made of a row
 */
final class FileParts<T> extends RDD<T> {
  private static final long serialVersionUID = 1L;

  /** Reads one part; travels to the executors. */
  interface Reader<T> extends Serializable {
    /** The part's rows. */
    Rows<T> read(Configuration hadoop, FilePart part);
  }

  private final FilePart[] parts;
  private final Reader<T> reader;
  private final Broadcast<SerializableConfiguration> hadoop;

  FileParts(
      SparkContext spark,
      Configuration hadoop,
      List<FilePart> parts,
      Class<T> element,
      Reader<T> reader) {
    super(
        spark,
        CollectionConverters.asScala(List.<Dependency<?>>of()).toSeq(),
        ClassTag$.MODULE$.apply(element));
    this.parts = parts.toArray(FilePart[]::new);
    this.reader = reader;
    this.hadoop =
        spark.broadcast(
            new SerializableConfiguration(hadoop),
            ClassTag$.MODULE$.apply(SerializableConfiguration.class));
  }

  @Override
  public Partition[] getPartitions() {
    return parts;
  }

  @Override
  public scala.collection.Iterator<T> compute(Partition split, TaskContext context) {
    Rows<T> rows = reader.read(hadoop.value().value(), (FilePart) split);
    TaskCompletionListener close = finished -> rows.close();
    context.addTaskCompletionListener(close);
    return CollectionConverters.asScala(rows);
  }
}
