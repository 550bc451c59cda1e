package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/** Makes tables of sources, for queries. */
final class SqlTables {
  private SqlTables() {}

  /** A source's rows: with its columns where it has some, as features and label otherwise. */
  static Dataset<Row> open(Options source, Source.Reading reading, SparkSession spark) {
    return switch (source.get(Sources.FORMAT)) {
      case "csv" ->
          spark
              .read()
              .option("header", "true")
              .option("inferSchema", "true")
              .option("mode", "FAILFAST")
              .option(
                  "sep",
                  source.get(CsvSource.DELIMITER).equals("\\t")
                      ? "\t"
                      : source.get(CsvSource.DELIMITER))
              .csv(paths(source, reading));
      case "jsonl" -> spark.read().option("mode", "FAILFAST").json(paths(source, reading));
      case "parquet" -> spark.read().parquet(paths(source, reading));
      default -> rows(source, reading, spark);
    };
  }

  private static String[] paths(Options source, Source.Reading reading) {
    return InputFile.find(source, SourceKeys.PATH, reading.hadoop()).stream()
        .map(InputFile::path)
        .toArray(String[]::new);
  }

  private static Dataset<Row> rows(Options source, Source.Reading reading, SparkSession spark) {
    Table table = Sources.REGISTRY.create(source).open(reading);
    RDD<Parsed> parsed = table.rows(spark.sparkContext(), new LabelReader.Values(), 0);
    ExampleForm form = table.form();
    JavaRDD<Row> rows =
        new JavaRDD<>(parsed, ClassTag$.MODULE$.<Parsed>apply(Parsed.class))
            .map(row -> row(row, form));
    StructType columns =
        new StructType()
            .add("features", DataTypes.createArrayType(DataTypes.FloatType, false), false);
    if (form.labels() == 1) {
      columns = columns.add("label", DataTypes.FloatType, false);
    } else if (form.labels() > 1) {
      columns = columns.add("label", DataTypes.createArrayType(DataTypes.FloatType, false), false);
    }
    return spark.createDataFrame(rows, columns);
  }

  private static Row row(Parsed parsed, ExampleForm form) {
    if (!(parsed instanceof Parsed.Row row)) {
      String reason =
          parsed instanceof Parsed.Bad bad
              ? InputFile.show(bad.file()) + ", row " + bad.position() + ": " + bad.reason()
              : ((Parsed.Broken) parsed).message();
      throw new DataException(reason);
    }
    List<Float> features = new ArrayList<>(form.features());
    for (int j = 0; j < form.features(); j++) {
      features.add(form.feature(row.content(), j));
    }
    List<Object> values = new ArrayList<>();
    values.add(CollectionConverters.asScala(features).toSeq());
    if (form.labels() == 1) {
      values.add(form.label(row.content(), 0));
    } else if (form.labels() > 1) {
      List<Float> labels = new ArrayList<>();
      for (int k = 0; k < form.labels(); k++) {
        labels.add(form.label(row.content(), k));
      }
      values.add(CollectionConverters.asScala(labels).toSeq());
    }
    return RowFactory.create(values.toArray());
  }
}
