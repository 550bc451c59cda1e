package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Every refusal of rows and files, by its exact text. */
@ExtendWith(LocalSpark.class)
final class RefusalTest {
  private static final String WAY_OUT =
      "; mend the row, or leave such rows out with data.train.onBadRow: skip";

  @TempDir Path folder;

  private RunConfiguration csv(String more, String... lines) throws IOException {
    Path file = DataCase.write(folder.resolve("x.csv"), List.of(lines));
    return configuration(2, "{format: csv, path: " + file + more + "}", "{classes: 3}");
  }

  private static RunConfiguration configuration(int width, String train, String labels) {
    return DataCase.configuration(width, 2, "train: " + train, "labels: " + labels);
  }

  private void refused(SparkSession spark, String message, RunConfiguration configuration) {
    for (int parts : new int[] {0, 4}) {
      assertThatThrownBy(() -> Dealing.deal(spark, configuration, parts))
          .isInstanceOf(DataException.class)
          .hasMessage(folder + message);
    }
  }

  private void misconfigured(SparkSession spark, String message, RunConfiguration configuration) {
    assertThatThrownBy(() -> Dealing.deal(spark, configuration))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message.replace("FOLDER", folder.toString()));
  }

  @Test
  void badRowsOfCsvAreRefusedWithFileAndLine(SparkSession spark) throws IOException {
    String label = ", label: y";
    refused(
        spark,
        "/x.csv:3: a row must have 3 fields, as its header has, got 2" + WAY_OUT,
        csv(label, "a,b,y", "1,2,0", "1,2", "1,2,1"));
    refused(
        spark,
        "/x.csv:4: column 'b' must be a finite number, got 'NaN'" + WAY_OUT,
        csv(label, "a,b,y", "1,2,0", "", "1,NaN,1", "x,2,1"));
    refused(
        spark,
        "/x.csv:3: column 'a' must be a finite number, got '1e39'" + WAY_OUT,
        csv(label, "a,b,y", "1,2,0", "1e39,2,1"));
    refused(
        spark,
        "/x.csv:2: column 'a' must be a finite number, got ''" + WAY_OUT,
        csv(label, "a,b,y", ",2,0", "1,2,1"));
    refused(
        spark,
        "/x.csv:2: the label 'y' is missing" + WAY_OUT,
        csv(label, "a,b,y", "1,2,", "1,2,1"));
    refused(
        spark,
        "/x.csv:3: the label 'y' must be in 0..2, got '3'" + WAY_OUT,
        csv(label, "a,b,y", "1,2,0", "1,2,3"));
    refused(
        spark,
        "/x.csv:3: the label 'y' must be in 0..2, got '1.5'" + WAY_OUT,
        csv(label, "a,b,y", "1,2,0", "1,2,1.5"));
    refused(
        spark,
        "/x.csv:3: the label 'y' must be in 0..2, got 'one'" + WAY_OUT,
        csv(label, "a,b,y", "1,2,0", "1,2,one"));
    refused(
        spark,
        "/x.csv:2: a quote must be closed in its line" + WAY_OUT,
        csv(label, "a,b,y", "1,\"2,0", "1,2,1"));
  }

  @Test
  void anUnknownLabelIsRefusedWithTheNearestName(SparkSession spark) throws IOException {
    Path file = DataCase.write(folder.resolve("x.csv"), List.of("a,b,y", "1,2,rose", "1,2,tulpi"));
    refused(
        spark,
        "/x.csv:3: the label 'y' must be one of rose, tulip, got 'tulpi', did you mean 'tulip'?"
            + WAY_OUT,
        configuration(2, "{format: csv, path: " + file + ", label: y}", "{names: [rose, tulip]}"));
  }

  @Test
  void theFirstBadRowInTheFileIsNamedHoweverItIsCut(SparkSession spark) throws IOException {
    List<String> lines = new ArrayList<>(List.of("a,b,y"));
    for (int i = 0; i < 300; i++) {
      lines.add(i == 77 || i == 200 ? "1,?,0" : i + ",2,1");
    }
    Path file = DataCase.write(folder.resolve("x.csv.gz"), lines);
    Path plain = DataCase.write(folder.resolve("y.csv"), lines);
    for (int parts : new int[] {1, 2, 7, 50}) {
      for (Path path : List.of(file, plain)) {
        assertThatThrownBy(
                () ->
                    Dealing.deal(
                        spark,
                        configuration(
                            2, "{format: csv, path: " + path + ", label: y}", "{classes: 2}"),
                        parts))
            .hasMessage(path + ":79: column 'b' must be a finite number, got '?'" + WAY_OUT);
      }
    }
  }

  @Test
  void badRowsAreSkippedAndCountedWhereTheConfigurationSaysSo(SparkSession spark)
      throws IOException {
    RunConfiguration configuration =
        csv(", label: y, onBadRow: skip", "a,b,y", "1,2,0", "1,2", "x,2,1", "3,4,9", "5,6,2");
    for (int parts : new int[] {0, 3}) {
      try (Dealt dealt = Dealing.deal(spark, configuration, parts)) {
        assertThat(dealt.plan().training().rows()).isEqualTo(2);
        assertThat(dealt.notices())
            .containsExactly(
                "data.train ("
                    + folder
                    + "/x.csv): 3 rows were left out, the first: "
                    + folder
                    + "/x.csv:3: a row must have 3 fields, as its header has, got 2");
      }
    }
  }

  @Test
  void anEmptySourceIsRefused(SparkSession spark) throws IOException {
    assertThatThrownBy(() -> Dealing.deal(spark, csv(", label: y", "a,b,y")))
        .hasMessage("data.train (" + folder + "/x.csv) must have at least one row, got none");
    assertThatThrownBy(() -> Dealing.deal(spark, csv(", label: y, onBadRow: skip", "a,b,y", "1")))
        .hasMessage(
            "data.train ("
                + folder
                + "/x.csv) must have at least one row, got none; 1 row was left out, the first: "
                + folder
                + "/x.csv:2: a row must have 3 fields, as its header has, got 1");
    refused(
        spark,
        "/x.csv:1: a CSV file must begin with the names of its columns, got nothing",
        csv(", label: y", ""));
  }

  @Test
  void missingFilesAndUnknownColumnsAreRefusedWithTheirPlace(SparkSession spark)
      throws IOException {
    misconfigured(
        spark,
        "data.train.path must name a file that exists, got 'FOLDER/none.csv' (test.yaml:3)",
        configuration(2, "{format: csv, path: " + folder + "/none.csv, label: y}", "{classes: 3}"));
    misconfigured(
        spark,
        "data.train.label must be a column of FOLDER/x.csv (nearest: class; all: a, b, class),"
            + " got 'clas' (test.yaml:3)",
        csv(", label: clas", "a,b,class", "1,2,0"));
    misconfigured(
        spark,
        "data.train.features must name columns of FOLDER/x.csv, which has no 'alpa' (nearest:"
            + " alpha; all: alpha, b, y), got [alpa, b] (test.yaml:3)",
        csv(", label: y, features: [alpa, b]", "alpha,b,y", "1,2,0"));
    misconfigured(
        spark,
        "data.train must have columns of different names, got 'a' twice in FOLDER/x.csv"
            + " (test.yaml:3)",
        csv(", label: y", "a,a,y", "1,2,0"));
    misconfigured(
        spark,
        "model.input must have as many values as data.train (FOLDER/x.csv) has features (3), got"
            + " [2] (2)",
        csv(", label: y", "a,b,c,y", "1,2,3,0"));
    misconfigured(
        spark,
        "unknown format 'cvs', did you mean 'csv'? known: idx, csv, parquet, jsonl, libsvm, npy, images, sql, text, synthetic (test.yaml:3)",
        configuration(2, "{format: cvs, path: x}", "{classes: 3}"));
    misconfigured(
        spark,
        "unknown key 'data.train.pth', did you mean 'path'? known here: format, path, label,"
            + " weight, features, delimiter, onBadRow (test.yaml:3)",
        configuration(2, "{format: csv, pth: x}", "{classes: 3}"));
  }

  @Test
  void filesOfOneFolderMustHaveOneHeader(SparkSession spark) throws IOException {
    Files.createDirectory(folder.resolve("many"));
    DataCase.write(folder.resolve("many/1.csv"), List.of("a,b,y", "1,2,0"));
    DataCase.write(folder.resolve("many/2.csv"), List.of("b,a,y", "1,2,0"));
    refused(
        spark,
        "/many/2.csv: must have the columns a, b, y, got 'b,a,y'",
        configuration(
            2,
            "{format: csv, path: " + folder + "/many, label: y, onBadRow: skip}",
            "{classes: 3}"));
  }

  @Test
  void textsThatAreNotAsManyAsClassesAreRefused(SparkSession spark) throws IOException {
    assertThatThrownBy(
            () -> Dealing.deal(spark, csv(", label: y", "a,b,y", "1,2,rose", "1,2,tulip")))
        .hasMessage(
            "data.train ("
                + folder
                + "/x.csv) must have 3 different labels (data.labels.classes), got 2: rose, tulip;"
                + " set data.labels.classes, or name the classes in data.labels.names");
  }

  private RunConfiguration idx(List<byte[]> features, List<byte[]> labels, String ending)
      throws IOException {
    Path images = DataCase.writeIdx(folder.resolve("images" + ending), features);
    Path numbers = DataCase.writeIdx(folder.resolve("labels" + ending), labels);
    return configuration(
        2, "{format: idx, features: " + images + ", labels: " + numbers + "}", "{classes: 3}");
  }

  @Test
  void featuresAndLabelsOfDifferentLengthAreRefused(SparkSession spark) throws IOException {
    List<byte[]> images = List.of(new byte[2], new byte[2]);
    List<byte[]> labels = List.of(new byte[1], new byte[1], new byte[1]);
    RunConfiguration configuration = idx(images, labels, "");
    assertThatThrownBy(() -> Dealing.deal(spark, configuration))
        .hasMessage(
            "data.train: features and labels must be as many, got 2 in "
                + folder
                + "/images and 3 in "
                + folder
                + "/labels");
  }

  @Test
  void badRowsAndBrokenFilesOfIdxAreRefused(SparkSession spark) throws IOException {
    List<byte[]> images = List.of(new byte[] {1, 2}, new byte[] {3, 4}, new byte[] {5, 6});
    List<byte[]> labels = List.of(new byte[] {0}, new byte[] {7}, new byte[] {2});
    refused(
        spark,
        "/labels, row 2: the label must be in 0..2, got '7'" + WAY_OUT,
        idx(images, labels, ""));
    RunConfiguration configuration =
        idx(images, List.of(new byte[1], new byte[1], new byte[1]), "");
    byte[] whole = Files.readAllBytes(folder.resolve("images"));
    Files.write(folder.resolve("images"), java.util.Arrays.copyOf(whole, whole.length - 1));
    refused(
        spark,
        "/images: an IDX file of 3 rows of 2 bytes must have 18 bytes, got 17",
        configuration);
    whole[2] = 13;
    Files.write(folder.resolve("images"), whole);
    refused(
        spark,
        "/images: an IDX file of unsigned bytes must begin with 00 00 08 and the number of"
            + " dimensions, got 00 00 0d 02",
        configuration);
    Files.write(folder.resolve("images"), new byte[] {0, 0, 8});
    refused(spark, "/images: ends within its IDX header", configuration);
  }

  @Test
  void aPackedIdxFileThatIsShorterOrLongerThanItsHeaderIsRefused(SparkSession spark)
      throws IOException {
    List<byte[]> images = List.of(new byte[] {1, 2}, new byte[] {3, 4}, new byte[] {5, 6});
    RunConfiguration configuration =
        idx(images, List.of(new byte[1], new byte[1], new byte[1]), ".gz");
    byte[] header = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2};
    Path gz = folder.resolve("images.gz");
    try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(header);
      out.write(new byte[5]);
    }
    refused(spark, "/images.gz: ends within row 3; by its header it has 3", configuration);
    try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(gz))) {
      out.write(header);
      out.write(new byte[7]);
    }
    refused(spark, "/images.gz: does not end after row 3, its last by its header", configuration);
  }
}
