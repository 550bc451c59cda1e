package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Parquet: a numeric column a feature, or one column that holds all features as an array. */
final class ParquetSource implements Source {
  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "parquet",
          "Parquet files with a numeric column a feature, or one array column of them all.",
          List.of(
              SourceKeys.PATH,
              SourceKeys.LABEL,
              SourceKeys.WEIGHT,
              SourceKeys.FEATURES,
              SourceKeys.ON_BAD_ROW),
          ParquetSource::new);

  private final Options options;

  private ParquetSource(Options options) {
    this.options = options;
  }

  @Override
  public Table open(Reading reading) {
    List<InputFile> files = InputFile.find(options, SourceKeys.PATH, reading.hadoop());
    SparkSession spark = reading.spark().get();
    Dataset<org.apache.spark.sql.Row> rows =
        spark.read().parquet(files.stream().map(InputFile::path).toArray(String[]::new));
    StructType schema = rows.schema();
    String shown = InputFile.show(options.get(SourceKeys.PATH));
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
    return new ParquetTable(options, rows, columns, text, width, labelWidth);
  }

  /** How many features an array holds: what the model wants, or what the first row has. */
  private static int width(Dataset<org.apache.spark.sql.Row> rows, String column, Reading reading) {
    return reading.width() > 0 ? reading.width() : firstLength(rows, column);
  }

  private static int firstLength(Dataset<org.apache.spark.sql.Row> rows, String column) {
    List<org.apache.spark.sql.Row> first =
        rows.select(ParquetTable.column(rows, column)).takeAsList(1);
    return first.isEmpty() || first.get(0).isNullAt(0)
        ? 1
        : Math.max(1, ParquetTable.vector(first.get(0).get(0)).size());
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
}
