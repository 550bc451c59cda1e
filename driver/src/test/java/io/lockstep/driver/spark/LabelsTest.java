package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Labels of several numbers or of none, and weights, from every format. */
@ExtendWith(LocalSpark.class)
final class LabelsTest {
  @TempDir Path folder;

  private static RunConfiguration configuration(int features, String train, String labels) {
    return DataCase.configuration(features, 2, "train: {" + train + "}", "labels: " + labels);
  }

  private String csv(String more, String... lines) throws IOException {
    return "format: csv, path: " + DataCase.write(folder.resolve("x.csv"), List.of(lines)) + more;
  }

  /** Features, labels and weight of all rows, sorted. */
  private static List<String> rows(SparkSession spark, RunConfiguration configuration) {
    List<String> rows = new ArrayList<>();
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      ExampleForm form = dealt.plan().training().form();
      for (byte[] row : dealt.training().toJavaRDD().collect()) {
        StringBuilder text = new StringBuilder();
        for (int j = 0; j < form.features(); j++) {
          text.append(form.feature(row, j)).append(' ');
        }
        for (int k = 0; k < form.labels(); k++) {
          text.append("| ").append(form.label(row, k)).append(' ');
        }
        rows.add(text.append("* ").append(form.weight(row)).toString());
      }
    }
    return rows.stream().sorted().toList();
  }

  @Test
  void aLabelMayBeSeveralColumnsAndARowMayHaveAWeight(SparkSession spark) throws IOException {
    String source = csv(", label: [y, x], weight: w", "x,a,w,b,y", "10,1,0.5,2,20", "11,3,0,4,21");
    assertThat(rows(spark, configuration(2, source, "{regression: true}")))
        .containsExactly("1.0 2.0 | 20.0 | 10.0 * 0.5", "3.0 4.0 | 21.0 | 11.0 * 0.0");
  }

  @Test
  void aColumnOfParquetMayHoldAllLabels(SparkSession spark) {
    String path = folder + "/x.parquet";
    spark
        .sql("select * from values (1.0D, array(1, -1), 2), (3.0D, array(0, 2), 0.5) as t(a, y, w)")
        .coalesce(1)
        .write()
        .parquet(path);
    String source = "format: parquet, path: " + path + ", label: y, weight: w";
    assertThat(rows(spark, configuration(1, source, "{classes: 3}")))
        .containsExactly("1.0 | 1.0 | -1.0 * 2.0", "3.0 | 0.0 | 2.0 * 0.5");
    assertThatThrownBy(() -> rows(spark, configuration(1, source, "{classes: 2}")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "row 2: the label 'y', element 1, must be in 0..1, or -1 for none, got '2'");
  }

  @Test
  void amongSeveralClassesMinusOneIsNoneAndAloneItIsRefused(SparkSession spark) throws IOException {
    String several = csv(", label: [y, z]", "a,y,z", "1,2,-1", "2,0,1");
    assertThat(rows(spark, configuration(1, several, "{classes: 3}")))
        .containsExactly("1.0 | 2.0 | -1.0 * 1.0", "2.0 | 0.0 | 1.0 * 1.0");
    String one = csv(", label: y", "a,y", "1,-1");
    assertThatThrownBy(() -> rows(spark, configuration(1, one, "{classes: 3}")))
        .hasMessageContaining("x.csv:2: the label 'y' must be in 0..2, got '-1'");
  }

  @Test
  void textsOfSeveralColumnsAreNamesOfTheSameClasses(SparkSession spark) throws IOException {
    String source = csv(", label: [y, z]", "a,y,z", "1,red,blue", "2,green,red");
    assertThat(rows(spark, configuration(1, source, "{classes: 3}")))
        .containsExactly("1.0 | 2.0 | 0.0 * 1.0", "2.0 | 1.0 | 2.0 * 1.0");
  }

  @Test
  void aMaskOfIdxIsALabelAPixelWhere255IsNone(SparkSession spark) throws IOException {
    Path images =
        DataCase.writeIdx(folder.resolve("i"), List.of(new byte[] {1, 2}, new byte[] {3, 4}));
    Path masks =
        DataCase.writeIdx(folder.resolve("m"), List.of(new byte[] {0, 2}, new byte[] {1, -1}));
    String source = "format: idx, features: " + images + ", labels: " + masks;
    assertThat(rows(spark, configuration(2, source, "{classes: 3}")))
        .containsExactly("1.0 2.0 | 0.0 | 2.0 * 1.0", "3.0 4.0 | 1.0 | -1.0 * 1.0");
    assertThatThrownBy(() -> rows(spark, configuration(2, source, "{classes: 2}")))
        .hasMessageStartingWith(
            masks + ", row 1: label 1 must be in 0..1, or -1 for none, got '2'");
  }

  @Test
  void rowsWithoutLabelsNeedNone(SparkSession spark) throws IOException {
    assertThat(rows(spark, configuration(2, csv("", "a,b", "1,2"), "{none: true}")))
        .containsExactly("1.0 2.0 * 1.0");
    assertThat(rows(spark, configuration(1, csv(", label: b", "a,b", "1,?"), "{none: true}")))
        .containsExactly("1.0 * 1.0");
    Path images = DataCase.writeIdx(folder.resolve("i"), List.of(new byte[] {1, 2}));
    String idx = "format: idx, features: " + images;
    assertThat(rows(spark, configuration(2, idx, "{none: true}"))).containsExactly("1.0 2.0 * 1.0");
    assertThatThrownBy(() -> rows(spark, configuration(2, idx, "{classes: 2}")))
        .hasMessage(
            "data.train.labels must say where the labels are, unless data.labels is {none: true}"
                + " (test.yaml:3)");
  }

  @Test
  void aLabelOrWeightThatTheSourceDoesNotHaveIsRefused(SparkSession spark) throws IOException {
    assertRefused(
        spark,
        "data.train.label must name columns of FOLDER/x.csv, which has no 'z' (nearest: a; all: a,"
            + " y), got [y, z] (test.yaml:3)",
        csv(", label: [y, z]", "a,y", "1,2"));
    assertRefused(
        spark,
        "data.train.weight must be a column of FOLDER/x.csv (nearest: a; all: a, y), got 'w'"
            + " (test.yaml:3)",
        csv(", label: y, weight: w", "a,y", "1,2"));
    assertRefused(
        spark,
        "data.train.weight must not be a label, got 'y' (test.yaml:3)",
        csv(", label: y, weight: y", "a,y", "1,2"));
    assertRefused(
        spark,
        "FOLDER/x.csv:2: the weight 'w' must be a number from 0, got '-0.5'; mend the row, or leave"
            + " such rows out with data.train.onBadRow: skip",
        csv(", label: y, weight: w", "a,w,y", "1,-0.5,2"));
  }

  private void assertRefused(SparkSession spark, String message, String source) {
    assertThatThrownBy(() -> rows(spark, configuration(1, source, "{regression: true}")))
        .hasMessage(message.replace("FOLDER", folder.toString()));
  }

  @Test
  void aLossThatTakesAnotherNumberOfLabelsIsRefused(SparkSession spark) throws IOException {
    String source = csv(", label: [y, z]", "a,y,z", "1,2,3", "2,0,1");
    try (Dealt dealt = Dealing.deal(spark, configuration(1, source, "{regression: true}"))) {
      dealt.requireLabels(2);
      assertThatThrownBy(() -> dealt.requireLabels(1))
          .hasMessage(
              "the loss must be given as many numbers of label of an example as it takes (1), but"
                  + " data.train ("
                  + folder
                  + "/x.csv) has 2; name other labels there, or change what the model puts out");
      assertThatThrownBy(() -> dealt.requireLabels(0))
          .hasMessageEndingWith(" has 2; set data.labels: {none: true}");
    }
  }

  @Test
  void theLabelsAndTheWeightArePartOfTheOrderOfRows(SparkSession spark) throws IOException {
    List<List<String>> streams = new ArrayList<>();
    for (String weight : List.of("1", "2")) {
      List<String> lines = new ArrayList<>(List.of("a,y,z,w"));
      for (int i = 0; i < 40; i++) {
        lines.add("1,1," + i + "," + weight);
      }
      String source =
          "format: csv, label: [y, z], weight: w, path: "
              + DataCase.write(folder.resolve(weight + ".csv"), lines);
      try (Dealt dealt = Dealing.deal(spark, configuration(1, source, "{regression: true}"))) {
        ExampleForm form = dealt.plan().training().form();
        streams.add(
            dealt.training().toJavaRDD().collect().stream()
                .map(row -> form.label(row, 1) + "")
                .toList());
      }
    }
    assertThat(streams.get(0)).containsExactlyInAnyOrderElementsOf(streams.get(1));
    assertThat(streams.get(0)).isNotEqualTo(streams.get(1));
  }
}
