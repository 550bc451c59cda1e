package io.lockstep.driver.spark.source;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.driver.storage.Location;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.QueryExecution;

/**
 * What a query of Spark's SQL gives. Its rows need no order: streams are dealt by content. They
 * must be the same whenever the query is asked again: functions that Spark itself calls not
 * deterministic, such as {@code rand()}, are refused; what else may differ, such as {@code LIMIT}
 * without an order or sums of doubles over groups, ends a run by its streams' checksums where it
 * does.
 */
final class SqlSource implements Source {
  static final Key<String> QUERY =
      Key.text(
              "query",
              "",
              "a SELECT of Spark's SQL, whose columns are label, weight and features as in parquet;"
                  + " one that differs when it is asked again is refused, or ends the run")
          .required();

  static final Key<Options> TABLES =
      Key.section(
              "tables",
              "the tables by the names that the query gives them, each a source with its format")
          .required();

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "sql",
          "What a query gives over tables that are sources themselves: csv, parquet, jsonl with"
              + " their columns, idx, npy, libsvm, synthetic with the columns features and label.",
          List.of(
              QUERY,
              TABLES,
              SourceKeys.LABEL,
              SourceKeys.WEIGHT,
              SourceKeys.FEATURES,
              SourceKeys.ON_BAD_ROW),
          SqlSource::new);

  private static final Set<String> NO_TABLES = Set.of("sql", "text", "images");

  private final Options options;

  private SqlSource(Options options) {
    this.options = options;
    options.get(QUERY);
    Options tables = options.get(TABLES);
    for (String name : tables.names()) {
      Options table = table(tables, name);
      Sources.REGISTRY.create(table);
      if (NO_TABLES.contains(table.get(Sources.FORMAT))) {
        throw table.error(
            Sources.FORMAT, "must not be one of " + String.join(", ", sorted()) + " in a table");
      }
    }
  }

  private static List<String> sorted() {
    return NO_TABLES.stream().sorted().toList();
  }

  private static Options table(Options tables, String name) {
    return tables.get(Key.section(name, "a table"));
  }

  /** The same source with the paths of its tables resolved. */
  static Options resolve(Options source, Location folder) {
    Options tables = source.get(TABLES);
    for (String name : tables.names()) {
      Key<Options> key = Key.section(name, "a table");
      tables = tables.with(key, Sources.resolve(tables.get(key), folder));
    }
    return source.with(TABLES, tables);
  }

  @Override
  public Table open(Reading reading) {
    SparkSession spark = reading.spark().get().newSession(); // its names are no one else's
    Options tables = options.get(TABLES);
    for (String name : tables.names()) {
      SqlTables.open(table(tables, name), reading, spark).createOrReplaceTempView(name);
    }
    Dataset<Row> rows = ask(spark);
    if (!isDeterministic(rows)) {
      throw options.error(
          QUERY,
          "must give the same rows whenever it is asked, so it must not use rand(), uuid() and"
              + " other functions that Spark calls not deterministic");
    }
    return FrameTable.of(options, reading, rows, "the query", FrameTable.Rows.OF_A_QUERY);
  }

  private Dataset<Row> ask(SparkSession spark) {
    try {
      return spark.sql(options.get(QUERY));
    } catch (Exception e) { // AnalysisException and ParseException, which Java cannot catch: Scala
      if (e instanceof AnalysisException) {
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        throw new ConfigurationException(
            options.error(QUERY, "must be a query that Spark understands").getMessage()
                + ": "
                + reason,
            e);
      }
      throw e;
    }
  }

  /** Spark 3 has this method in Dataset itself, Spark 4 only in the class below it. */
  private static boolean isDeterministic(Dataset<Row> rows) {
    try {
      Object execution = rows.getClass().getMethod("queryExecution").invoke(rows);
      return ((QueryExecution) execution).analyzed().deterministic();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every Spark tells the plan of a query", e);
    }
  }
}
