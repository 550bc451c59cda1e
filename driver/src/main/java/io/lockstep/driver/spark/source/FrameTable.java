package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A table of Spark's: a numeric column a feature, or one column that holds all features as an
 * array. A row's position is its number in its file, from 1, which Spark tells by its column {@code
 * _metadata}; rows of a query have none.
 *
 * @param shown what is read, for errors
 * @param kind whether rows are told by file and number
 * @param width how many features an array column holds; 0 where each feature has its column
 * @param labelWidth how many numbers of a label an array column holds; 0 where each has its column
 */
record FrameTable(
    Options options,
    String shown,
    Rows kind,
    Dataset<Row> data,
    Columns columns,
    boolean hasTextLabels,
    int width,
    int labelWidth)
    implements Table {
  /** Where rows come from. */
  enum Rows {
    /** Each has its number in a file. */
    OF_FILES,
    /** They have no place. */
    OF_A_QUERY
  }

  /**
   * Finds the columns.
   *
   * @param shown what is read, for errors
   * @throws io.lockstep.common.config.ConfigurationException for a column that is not there
   * @throws DataException for one whose type is not as it should be
   */
  static FrameTable of(
      Options options, Source.Reading reading, Dataset<Row> rows, String shown, Rows kind) {
    StructType schema = rows.schema();
    List<String> names = Arrays.asList(schema.fieldNames());
    Columns columns = Columns.choose(options, reading, names, shown);
    boolean array =
        columns.features().size() == 1 && isVector(type(schema, columns.features().get(0)));
    for (int column : columns.features()) {
      if (!array && !isNumeric(type(schema, column))) {
        throw new DataException(
            shown
                + ": column '"
                + names.get(column)
                + "' must be numeric, or the only feature and an array of numbers, got "
                + type(schema, column).simpleString()
                + "; choose others with "
                + options.path()
                + ".features");
      }
    }
    boolean labelArray =
        columns.labels().size() == 1 && isVector(type(schema, columns.labels().get(0)));
    boolean text = !columns.labels().isEmpty() && !labelArray;
    for (int column : columns.labels()) {
      boolean isText = type(schema, column) instanceof StringType;
      text &= isText;
      if (!labelArray && !isText && !isNumeric(type(schema, column))) {
        throw new DataException(
            shown
                + ": the label '"
                + names.get(column)
                + "' must be numeric or text, or the only label and an array of numbers, got "
                + type(schema, column).simpleString());
      }
    }
    if (columns.weight() >= 0 && !isNumeric(type(schema, columns.weight()))) {
      throw new DataException(
          shown
              + ": the weight '"
              + names.get(columns.weight())
              + "' must be numeric, got "
              + type(schema, columns.weight()).simpleString());
    }
    int width = array ? width(rows, names.get(columns.features().get(0)), reading) : 0;
    int labelWidth = labelArray ? firstLength(rows, columns.labelNames().get(0)) : 0;
    return new FrameTable(options, shown, kind, rows, columns, text, width, labelWidth);
  }

  /** How many features an array holds: what the model wants, or what the first row has. */
  private static int width(Dataset<Row> rows, String column, Source.Reading reading) {
    return reading.width() > 0 ? reading.width() : firstLength(rows, column);
  }

  private static int firstLength(Dataset<Row> rows, String column) {
    List<Row> first = rows.select(column(rows, column)).takeAsList(1);
    return first.isEmpty() || first.get(0).isNullAt(0)
        ? 1
        : Math.max(1, vector(first.get(0).get(0)).size());
  }

  private static DataType type(StructType schema, int column) {
    return schema.fields()[column].dataType();
  }

  private static boolean isNumeric(DataType type) {
    return type instanceof NumericType || type instanceof BooleanType;
  }

  private static boolean isVector(DataType type) {
    return type instanceof ArrayType array && isNumeric(array.elementType());
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
  public RDD<String> labelTexts(SparkContext spark) {
    FrameRowReader reader = reader(new LabelReader.Unread());
    return selected()
        .javaRDD()
        .filter(row -> reader.parse(row) instanceof Parsed.Row)
        .flatMap(row -> reader.labelTexts(row).iterator())
        .rdd();
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    FrameRowReader reader = reader(labels);
    Dataset<Row> rows = parts > 0 ? selected().repartition(parts) : selected();
    return rows.javaRDD().map(reader::parse).rdd();
  }

  @Override
  public io.lockstep.driver.spark.source.Rows<Parsed> inOrder(LabelReader labels) {
    FrameRowReader reader = reader(labels);
    Dataset<Row> all = selected();
    if (kind == Rows.OF_FILES) {
      int place = reader.place();
      String[] names = all.columns();
      all = all.orderBy(names[place], names[place + 1]);
    }
    Iterator<Row> rows = all.toLocalIterator();
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
    return kind == Rows.OF_FILES ? Table.super.place(row) : options.path() + ", a row of its query";
  }

  private FrameRowReader reader(LabelReader labels) {
    return new FrameRowReader(
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
    boolean placed = kind == Rows.OF_FILES;
    Column file = placed ? data.col("_metadata.file_path") : functions.lit("");
    Column row = placed ? data.col("_metadata.row_index") : functions.lit(0L);
    selected.add(file.as("lockstep file"));
    selected.add(row.as("lockstep row"));
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
