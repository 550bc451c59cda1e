package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.data.FeatureType;
import io.lockstep.driver.spark.source.Sources;
import io.lockstep.driver.storage.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LocalSpark.class)
final class PlainRowsTest {
  private static final DataDescription TRAINED =
      new DataDescription(
          new ExampleForm(FeatureType.FLOAT32, 2),
          List.of("b", "a"),
          new LabelsSection(2, List.of("no", "yes")),
          new FeatureScaling.None());

  @TempDir Path folder;

  private static Options source(String format, Path path, String... more) {
    Map<String, Object> values =
        new java.util.LinkedHashMap<>(
            Map.of("format", format, "path", path.toString(), "label", "y"));
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return Options.of("--data", values);
  }

  /** Row number, features and label of each row. */
  private static List<List<Float>> read(PlainRows rows) {
    List<List<Float>> read = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        ExampleForm form = rows.form();
        List<Float> row = new ArrayList<>();
        row.add((float) rows.row());
        for (int j = 0; j < form.features(); j++) {
          row.add(form.feature(rows.content(), j));
        }
        for (int k = 0; k < form.labels(); k++) {
          row.add(form.label(rows.content(), k));
        }
        read.add(row);
      }
    }
    return read;
  }

  private static PlainRows labelled(Options source) {
    return PlainRows.labelled(source, TRAINED, new Configuration(), PlainRowsTest::noSpark);
  }

  private static PlainRows unlabelled(Options source) {
    return PlainRows.unlabelled(source, TRAINED, new Configuration(), PlainRowsTest::noSpark);
  }

  private static SparkSession noSpark() {
    throw new AssertionError("reading this format must not start Spark");
  }

  @Test
  void rowsComeInTheOrderOfTheFileWithTheColumnsTheModelKnows() throws IOException {
    Path file =
        DataCase.write(
            folder.resolve("x.csv"), List.of("a,extra,b,y", "1,?,2,yes", "3,?,4,no", "5,?,6,yes"));
    assertThat(read(labelled(source("csv", file))))
        .containsExactly(List.of(0f, 2f, 1f, 1f), List.of(1f, 4f, 3f, 0f), List.of(2f, 6f, 5f, 1f));
  }

  @Test
  void predictionNeedsNoLabels() throws IOException {
    Path file = DataCase.write(folder.resolve("x.csv.gz"), List.of("a,b", "1,2", "3,4"));
    assertThat(read(unlabelled(source("csv", file))))
        .containsExactly(List.of(0f, 2f, 1f), List.of(1f, 4f, 3f));
    assertThatThrownBy(() -> labelled(source("csv", file)))
        .hasMessage(
            "--data.label must be a column of "
                + file
                + " (nearest: a; all: a, b), got 'y' (program)");
  }

  @Test
  void aColumnThatTheModelKnowsMustBeThere() throws IOException {
    Path file = DataCase.write(folder.resolve("x.csv"), List.of("a,c,y", "1,2,yes"));
    assertThatThrownBy(() -> labelled(source("csv", file)))
        .hasMessage(
            "--data must have the model's columns in "
                + file
                + ", which has no 'b' (nearest: a; all: a, c, y) (program)");
  }

  @Test
  void skippedRowsKeepTheNumbersOfTheOthers() throws IOException {
    Path file =
        DataCase.write(folder.resolve("x.csv"), List.of("a,b,y", "1,2,yes", "x,4,no", "5,6,no"));
    PlainRows rows = labelled(source("csv", file, "onBadRow", "skip"));
    assertThat(read(rows)).extracting(row -> row.get(0)).containsExactly(0f, 2f);
    assertThat(rows.skipped()).isEqualTo(1);
    assertThatThrownBy(() -> read(labelled(source("csv", file))))
        .hasMessage(
            file
                + ":3: column 'a' must be a finite number, got 'x'; mend the row, or leave such rows"
                + " out with --data.onBadRow: skip");
  }

  @Test
  void filesOfAFolderComeByName() throws IOException {
    Path many = Files.createDirectory(folder.resolve("many"));
    DataCase.write(many.resolve("2.csv"), List.of("a,b,y", "3,0,no"));
    DataCase.write(many.resolve("1.csv"), List.of("a,b,y", "1,0,no", "2,0,no"));
    assertThat(read(labelled(source("csv", many))))
        .extracting(row -> row.get(2))
        .containsExactly(1f, 2f, 3f);
  }

  @Test
  void idxRowsComeInOrderAndLabelsAreFoundByName() throws IOException {
    List<byte[]> images = List.of(new byte[] {1, 2}, new byte[] {-1, 4});
    Path file = DataCase.writeIdx(folder.resolve("t-images-idx3-ubyte.gz"), images);
    DataCase.writeIdx(
        folder.resolve("t-labels-idx1-ubyte.gz"), List.of(new byte[1], new byte[] {1}));
    Options source = Sources.ofFile(file.toString(), source("csv", file));
    DataDescription trained =
        new DataDescription(
            new ExampleForm(FeatureType.UINT8, 2),
            List.of(),
            new LabelsSection(2, List.of()),
            new FeatureScaling.None());
    assertThat(
            read(PlainRows.labelled(source, trained, new Configuration(), PlainRowsTest::noSpark)))
        .containsExactly(List.of(0f, 1f, 2f, 0f), List.of(1f, 255f, 4f, 1f));
  }

  @Test
  void aDescriptionIsReadBackToTheBit() {
    for (FeatureScaling scaling :
        List.of(
            new FeatureScaling.None(),
            new FeatureScaling.Divide(0.1),
            new FeatureScaling.Standardize(
                new double[] {1.0 / 3, -1e-300}, new double[] {Math.PI, 4.9e-324}),
            new FeatureScaling.Channels(
                new double[] {1.0 / 3, -1e-300}, new double[] {Math.PI, 4.9e-324}, 49))) {
      DataDescription described =
          new DataDescription(
              TRAINED.form(),
              TRAINED.featureNames(),
              List.of(2, 7, 7),
              TRAINED.labels(),
              scaling,
              null);
      assertThat(DataDescription.fromJson(described.toJson(), "data.json")).isEqualTo(described);
    }
    for (LabelsSection labels :
        List.of(LabelsSection.NONE, new LabelsSection(0, List.of()), TRAINED.labels())) {
      ExampleForm form =
          new ExampleForm(FeatureType.UINT8, 5, labels.none() ? 0 : 7, labels.regression());
      DataDescription described = new DataDescription(form, List.of(), labels, TRAINED.scaling());
      assertThat(DataDescription.fromJson(described.toJson(), "data.json")).isEqualTo(described);
    }
    assertThatThrownBy(() -> DataDescription.fromJson("{}", "run/data.json"))
        .hasMessageStartingWith(
            "run/data.json: must describe the data of a run, but cannot be read: ");
  }

  @Test
  void parquetGivesTheRowsOfTheSameCsv(SparkSession spark) throws IOException {
    List<String> lines = new ArrayList<>(List.of("a,b,y"));
    for (int i = 0; i < 40; i++) {
      lines.add(i + "," + i * 0.5 + "," + (i % 3 == 0 ? "yes" : "no"));
    }
    Path csv = DataCase.write(folder.resolve("x.csv"), lines);
    String columns = folder + "/columns.parquet";
    String array = folder + "/array.parquet";
    var table = spark.read().option("header", true).option("inferSchema", true).csv(csv.toString());
    table.repartition(3).write().mode(SaveMode.Overwrite).parquet(columns);
    table
        .selectExpr("array(a, b) as both", "if(y = 'yes', 1, 0) as y")
        .coalesce(1)
        .write()
        .parquet(array);
    List<List<List<String>>> streams = new ArrayList<>();
    for (String source :
        List.of(
            "format: csv, path: " + csv,
            "format: parquet, path: " + columns,
            "format: parquet, path: " + array)) {
      RunConfiguration configuration =
          DataCase.configuration(2, 3, "train: {" + source + ", label: y}", "labels: {classes: 2}");
      try (Dealt dealt = Dealing.deal(spark, configuration)) {
        streams.add(DataCase.rows(dealt.training()));
      }
    }
    assertThat(streams.get(1)).isEqualTo(streams.get(0));
    assertThat(streams.get(2)).isEqualTo(streams.get(0));
    DataDescription trained =
        new DataDescription(
            TRAINED.form(), List.of("both"), new LabelsSection(2, List.of()), TRAINED.scaling());
    List<List<Float>> rows =
        read(
            PlainRows.labelled(
                source("parquet", Path.of(array)), trained, new Configuration(), () -> spark));
    assertThat(rows).hasSize(40);
    assertThat(rows.get(31)).isEqualTo(List.of(31f, 31f, 15.5f, 0f));
  }

  @Test
  void badRowsOfParquetAreRefusedWithFileAndRow(SparkSession spark) {
    String path = folder + "/bad.parquet";
    spark
        .sql(
            "select * from values (1.0D, 2.0D, 0), (3.0D, double('NaN'), 1), (null, 1.0D, 1)"
                + " as t(a, b, y)")
        .coalesce(1)
        .write()
        .parquet(path);
    RunConfiguration configuration =
        DataCase.configuration(
            2, 2, "train: {format: parquet, path: " + path + ", label: y}", "labels: {classes: 2}");
    assertThatThrownBy(() -> Dealing.deal(spark, configuration))
        .hasMessageMatching(
            java.util.regex.Pattern.quote(path)
                + "/part-.*parquet, row 2: column 'b' must be a finite number, got 'NaN'; mend the"
                + " row, or leave such rows out with data.train.onBadRow: skip");
  }

  @Test
  void relativePathsAreLocalAndRelativeToTheConfigurationsFolder() {
    Options relative = source("csv", Path.of("data/x.csv"));
    assertThat(Sources.resolve(relative, Location.of("/experiments/a")).plain())
        .containsEntry("path", "file:/experiments/a/data/x.csv");
    for (String same : List.of("/data/x.csv", "hdfs://name/x.csv", "s3a:x")) {
      assertThat(Sources.resolve(source("csv", Path.of("x")), Location.of("/e")).plain())
          .containsEntry("path", "file:/e/x");
      Options absolute = Options.of("t", Map.of("format", "csv", "path", same));
      assertThat(Sources.resolve(absolute, Location.of("/e")).plain()).containsEntry("path", same);
    }
  }
}
