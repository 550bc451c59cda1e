package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Parquet files with one schema. A row's position is its number in its file, from 1, which Spark
 * tells by its column {@code _metadata}.
 *
 * @param width how many features an array column holds; 0 where each feature has its column
 * @param labelWidth how many numbers of a label an array column holds; 0 where each has its column
 */
record ParquetTable(
    Options options,
    Dataset<Row> data,
    Columns columns,
    boolean hasTextLabels,
    int width,
    int labelWidth)
    implements Table {

  @Override
  public String name() {
    return options.path() + " (" + InputFile.show(options.get(SourceKeys.PATH)) + ")";
  }

  @Override
  public ExampleForm form() {
    return columns.form(
        width > 0 ? width : columns.features().size(),
        labelWidth > 0 ? labelWidth : columns.labels().size());
  }

  @Override
  public List<String> featureNames() {
    return columns.featureNames();
  }

  @Override
  public boolean skipsBadRows() {
    return SourceKeys.skips(options);
  }

  @Override
  public String wayOut() {
    return SourceKeys.wayOut(options);
  }

  @Override
  public RDD<String> labelTexts(SparkContext spark) {
    ParquetRowReader reader = reader(new LabelReader.Unread());
    return selected()
        .javaRDD()
        .filter(row -> reader.parse(row) instanceof Parsed.Row)
        .flatMap(row -> reader.labelTexts(row).iterator())
        .rdd();
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    ParquetRowReader reader = reader(labels);
    Dataset<Row> rows = parts > 0 ? selected().repartition(parts) : selected();
    return rows.javaRDD().map(reader::parse).rdd();
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    ParquetRowReader reader = reader(labels);
    int place = reader.place();
    String[] names = selected().columns();
    Iterator<Row> rows = selected().orderBy(names[place], names[place + 1]).toLocalIterator();
    return new ReadAhead<>() {
      @Override
      @Nullable Parsed read() {
        return rows.hasNext() ? reader.parse(rows.next()) : null;
      }

      @Override
      public void close() {} // Spark's iterator holds nothing open
    };
  }

  @Override
  public String place(Parsed.Bad row) {
    return InputFile.show(row.file()) + ", row " + row.position();
  }

  private ParquetRowReader reader(LabelReader labels) {
    return new ParquetRowReader(
        columns.featureNames(),
        columns.labelNames(),
        columns.weight() < 0 ? "" : columns.names().get(columns.weight()),
        form(),
        width > 0,
        labelWidth > 0,
        labels);
  }

  /** Features, labels and weight where they are read, file, row. */
  private Dataset<Row> selected() {
    List<Column> selected = new ArrayList<>();
    columns.featureNames().forEach(name -> selected.add(column(data, name)));
    columns.labelNames().forEach(name -> selected.add(column(data, name)));
    if (columns.weight() >= 0) {
      selected.add(column(data, columns.names().get(columns.weight())));
    }
    selected.add(data.col("_metadata.file_path").as("lockstep file"));
    selected.add(data.col("_metadata.row_index").as("lockstep row"));
    return data.select(selected.toArray(Column[]::new));
  }

  /** A column by its very name, which may hold dots. */
  static Column column(Dataset<Row> rows, String name) {
    return rows.col("`" + name.replace("`", "``") + "`");
  }

  /** The elements of an array column. */
  static List<?> vector(Object value) {
    return CollectionConverters.asJava((scala.collection.Seq<?>) value);
  }
}
