package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Text as windows of tokens. */
@ExtendWith(LocalSpark.class)
final class TextTest {
  @TempDir Path folder;

  private static RunConfiguration configuration(int length, String train, String... more) {
    List<String> data = new ArrayList<>(List.of("train: {format: text, " + train + "}"));
    data.addAll(List.of(more));
    return DataCase.configuration(length, 2, data.toArray(String[]::new));
  }

  /** Features and labels of all rows as text, sorted. */
  private static List<String> rows(Dealt dealt) {
    ExampleForm form = dealt.plan().training().form();
    Tokenizer tokenizer = Objects.requireNonNull(dealt.description().tokenizer());
    return dealt.training().toJavaRDD().collect().stream()
        .map(
            row -> {
              int[] features = new int[form.features()];
              int[] labels = new int[form.labels()];
              for (int j = 0; j < features.length; j++) {
                features[j] = (int) form.feature(row, j);
              }
              for (int k = 0; k < labels.length; k++) {
                labels[k] = (int) form.label(row, k);
              }
              return tokenizer.decode(features) + ">" + tokenizer.decode(labels);
            })
        .sorted()
        .toList();
  }

  private Path write(String name, String text) throws IOException {
    return DataCase.write(folder.resolve(name), List.of(text));
  }

  @Test
  void anExampleIsAWindowLabelledWithTheTokensThatFollow(SparkSession spark) throws IOException {
    Path file = write("x.txt", "abcdefg");
    String labels = "labels: {classes: 8}";
    try (Dealt dealt =
        Dealing.deal(spark, configuration(3, "path: " + file + ", length: 3", labels))) {
      assertThat(rows(dealt)).containsExactly("abc>bcd", "def>efg");
    }
    try (Dealt dealt =
        Dealing.deal(spark, configuration(3, "path: " + file + ", length: 3, stride: 2", labels))) {
      assertThat(rows(dealt)).containsExactly("abc>bcd", "cde>def", "efg>fg\n");
    }
  }

  @Test
  void noWindowGoesOverTheEndOfAFileAndPackedFilesAreRead(SparkSession spark) throws IOException {
    Files.createDirectory(folder.resolve("many"));
    write("many/1.txt", "abcd");
    write("many/2.txt.gz", "efgh");
    write("many/3.txt", "i");
    RunConfiguration configuration =
        configuration(4, "path: " + folder + "/many, length: 4", "labels: {classes: 10}");
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      assertThat(rows(dealt)).containsExactly("abcd>bcd\n", "efgh>fgh\n");
    }
  }

  @Test
  void validationTextIsReadWithTheTokenizerOfTheTrainingText(SparkSession spark)
      throws IOException {
    Path train = write("train.txt", "abcabc");
    Path validation = write("validation.txt", "cba");
    RunConfiguration configuration =
        configuration(
            2,
            "path: " + train + ", length: 2",
            "validation: {format: text, path: " + validation + ", length: 2}",
            "labels: {classes: 4}");
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      ExampleForm form = dealt.plan().training().form();
      byte[] row = dealt.validation().toJavaRDD().collect().get(0);
      assertThat(form.feature(row, 0)).isEqualTo(3);
      assertThat(form.label(row, 1)).isEqualTo(1);
    }
    write("validation.txt", "cb\ncab\nb?a");
    assertThatThrownBy(() -> Dealing.deal(spark, configuration))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            validation + ":3: the character '?' (U+003F) is not in the training text; ");
  }

  @Test
  void aVocabularyLargerThanTheClassesIsRefusedWithTheSizeNeeded(SparkSession spark)
      throws IOException {
    Path file = write("x.txt", "abcdefg");
    assertThatThrownBy(
            () ->
                Dealing.deal(
                    spark,
                    configuration(3, "path: " + file + ", length: 3", "labels: {classes: 7}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "data.labels.classes must be at least the number of tokens of data.train ("
                + file
                + ") (8), got 7; set data.labels: {classes: 8}, and as many outputs of the model");
    assertThatThrownBy(
            () ->
                Dealing.deal(
                    spark,
                    configuration(
                        3,
                        "path: " + file + ", length: 3",
                        "labels: {classes: 8}",
                        "scale: {divide: 2}")))
        .hasMessageStartingWith("data.scale must be none, as the features of data.train (");
  }

  @Test
  void bytePairsAreTokensToo(SparkSession spark) throws IOException {
    Path file = write("x.txt", "the cat and the hat and the mat");
    RunConfiguration configuration =
        configuration(
            3,
            "path: " + file + ", length: 3, tokenizer: {type: byte-pair, vocabulary: 262}",
            "labels: {classes: 262}");
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      assertThat(Objects.requireNonNull(dealt.description().tokenizer()).size()).isEqualTo(262);
      assertThat(String.join("", rows(dealt))).contains(" the").contains("at");
    }
  }

  @Test
  void whatIsNotUtf8IsRefusedWithItsOffset(SparkSession spark) throws IOException {
    Path file = Files.write(folder.resolve("x.txt"), new byte[] {'a', 'b', (byte) 0xE9, 'c'});
    assertThatThrownBy(
            () ->
                Dealing.deal(
                    spark,
                    configuration(1, "path: " + file + ", length: 1", "labels: {classes: 9}")))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": text must be UTF-8, got byte e9 at offset 2");
  }

  @Test
  void anotherTokenizerThanThatOfTheRunIsRefused(SparkSession spark) throws IOException {
    RunConfiguration configuration =
        configuration(
            2, "path: " + write("x.txt", "abcab") + ", length: 2", "labels: {classes: 5}");
    Tokenizer before;
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      before = Objects.requireNonNull(dealt.description().tokenizer());
      dealt.refuseOtherTokenizer(before);
    }
    write("x.txt", "abcabd");
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      assertThatThrownBy(() -> dealt.refuseOtherTokenizer(before))
          .isInstanceOf(DataException.class)
          .hasMessageContaining(
              ": must give the tokenizer with which the run began (4 tokens, fingerprint "
                  + before.fingerprint()
                  + "), gives 5 tokens, fingerprint ");
    }
  }
}
