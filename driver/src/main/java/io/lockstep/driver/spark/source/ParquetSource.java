package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;

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
    String shown = InputFile.show(options.get(SourceKeys.PATH));
    return FrameTable.of(options, reading, rows, shown, FrameTable.Rows.OF_FILES);
  }
}
