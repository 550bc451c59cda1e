package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.data.StreamChecksum;
import io.lockstep.common.data.StreamSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LocalSpark.class)
final class DealingTest {
  private static final String HEADER = "a,b,c,y";
  private final long seed =
      System.getProperty("tests.seed", "").isEmpty()
          ? new Random().nextLong()
          : Long.getLong("tests.seed");
  @TempDir Path folder;

  private List<String> randomRows(Random random, int count) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          i % 7 == 6 // every seventh row is there twice
              ? rows.get(random.nextInt(rows.size()))
              : random.nextFloat()
                  + ","
                  + random.nextInt(5)
                  + ","
                  + random.nextGaussian()
                  + ","
                  + random.nextInt(3));
    }
    return rows;
  }

  private Path csv(String name, List<String> rows) throws IOException {
    List<String> lines = new ArrayList<>(List.of(HEADER));
    lines.addAll(rows);
    return DataCase.write(folder.resolve(name), lines);
  }

  private static RunConfiguration configuration(Path path, int streams, String... more) {
    List<String> data =
        new ArrayList<>(
            List.of("train: {format: csv, path: " + path + ", label: y}", "labels: {classes: 3}"));
    data.addAll(List.of(more));
    return DataCase.configuration(3, streams, data.toArray(String[]::new));
  }

  @Test
  void streamsAreKeptTwiceOnAClusterAndOnceInOneProcess(SparkSession spark) throws IOException {
    for (String cluster :
        List.of("spark://host:7077", "yarn", "k8s://https://host:443", "local-cluster[2,1,1024]")) {
      assertThat(Dealing.level(cluster).replication()).as(cluster).isEqualTo(2);
      assertThat(Dealing.level(cluster).useDisk()).as(cluster).isTrue();
    }
    Path rows = csv("one.csv", List.of("1,2,3,0", "4,5,6,1"));
    try (Dealt dealt = Dealing.deal(spark, configuration(rows, 2))) {
      assertThat(dealt.training().getStorageLevel()).isEqualTo(StorageLevel.MEMORY_AND_DISK_SER());
      assertThat(dealt.training().getStorageLevel()).isEqualTo(Dealing.level("local"));
    }
  }

  @Test
  void orderFilesPartsAndThreadsOfTheSourceDoNotMatter(SparkSession spark) throws IOException {
    Random random = new Random(seed);
    List<String> rows = randomRows(random, 211);
    List<List<String>> expected;
    try (Dealt dealt = Dealing.deal(spark, configuration(csv("one.csv", rows), 5))) {
      expected = DataCase.rows(dealt.training());
      assertThat(dealt.plan().training().rows()).isEqualTo(211);
    }
    for (int round = 0; round < 4; round++) {
      Collections.shuffle(rows, random);
      Path many = Files.createDirectory(folder.resolve("round" + round));
      int files = 1 + random.nextInt(4);
      for (int f = 0; f < files; f++) {
        List<String> part = rows.subList(f * rows.size() / files, (f + 1) * rows.size() / files);
        csv("round" + round + "/part-" + f + (f == 1 ? ".csv.gz" : ".csv"), part);
      }
      int parts = 1 + random.nextInt(20);
      try (Dealt dealt = Dealing.deal(spark, configuration(many, 5), parts)) {
        assertThat(DataCase.rows(dealt.training()))
            .as("seed %d, %d files, %d parts", seed, files, parts)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void rowsAreInTheOrderOfHashThenContentAndRowRIsInStreamRModM(SparkSession spark)
      throws IOException {
    try (Dealt dealt =
        Dealing.deal(spark, configuration(csv("x.csv", randomRows(new Random(seed), 50)), 3))) {
      List<List<String>> streams = DataCase.rows(dealt.training());
      RowOrder.Keys keys = new RowOrder(7).new Keys();
      List<byte[]> dealtKeys = new ArrayList<>();
      for (int r = 0; r < 50; r++) {
        byte[] content = HexFormat.of().parseHex(streams.get(r % 3).get(r / 3));
        dealtKeys.add(keys.key(new io.lockstep.driver.spark.source.Parsed.Row(content)));
      }
      assertThat(dealtKeys).isSortedAccordingTo(Arrays::compareUnsigned);
    }
  }

  @Test
  void anotherSeedGivesAnotherOrder(SparkSession spark) throws IOException {
    Path path = csv("x.csv", randomRows(new Random(seed), 50));
    RunConfiguration seven = configuration(path, 2);
    RunConfiguration eight =
        RunConfiguration.parse(seven.toYaml().replace("seed: 7", "seed: 8"), "test.yaml");
    try (Dealt one = Dealing.deal(spark, seven);
        Dealt other = Dealing.deal(spark, eight)) {
      assertThat(DataCase.rows(one.training())).isNotEqualTo(DataCase.rows(other.training()));
    }
  }

  @Test
  void everyWorkerGetsItsRunOfStreamsInOrder(SparkSession spark) throws IOException {
    Path path = csv("x.csv", randomRows(new Random(seed), 60));
    try (Dealt dealt =
        Dealing.deal(spark, configuration(path, 7, "validation: {fraction: 0.25}"))) {
      List<String> alone = DataCase.seen(dealt, 1);
      assertThat(alone).hasSize(14);
      assertThat(alone.get(2)).startsWith("1 TRAINING ");
      assertThat(alone.get(3)).startsWith("1 VALIDATION ");
      for (int workers = 2; workers <= 7; workers++) {
        assertThat(DataCase.seen(dealt, workers)).isEqualTo(alone);
        assertThat(dealt.grouped(workers).getNumPartitions()).isEqualTo(workers);
      }
      assertThatThrownBy(() -> dealt.grouped(8))
          .hasMessage("workers must be in [1, 7] for 7 streams, got 8");
    }
  }

  @Test
  void theFirstRowsOfTheOrderAreHeldBackForValidation(SparkSession spark) throws IOException {
    Path path = csv("x.csv", randomRows(new Random(seed), 100));
    try (Dealt all = Dealing.deal(spark, configuration(path, 1));
        Dealt split = Dealing.deal(spark, configuration(path, 1, "validation: {fraction: 0.29}"))) {
      List<String> order = DataCase.rows(all.training()).get(0);
      assertThat(DataCase.rows(split.validation()).get(0)).isEqualTo(order.subList(0, 29));
      assertThat(DataCase.rows(split.training()).get(0)).isEqualTo(order.subList(29, 100));
    }
  }

  @Test
  void summariesAreThoseOfTheRows(SparkSession spark) throws IOException {
    Path path = csv("x.csv", randomRows(new Random(seed), 40));
    try (Dealt dealt = Dealing.deal(spark, configuration(path, 3))) {
      List<StreamSummary> expected = new ArrayList<>();
      for (List<String> stream : DataCase.rows(dealt.training())) {
        StreamChecksum checksum = new StreamChecksum();
        stream.forEach(row -> checksum.add(HexFormat.of().parseHex(row)));
        expected.add(checksum.summary());
      }
      assertThat(dealt.plan().training().summaries()).isEqualTo(expected);
      assertThat(expected.stream().map(StreamSummary::count)).containsExactly(14L, 13L, 13L);
    }
  }

  @Test
  void aResumeWithAChangedRowIsRefusedNamingTheSource(SparkSession spark) throws IOException {
    List<String> rows = randomRows(new Random(seed), 40);
    Path path = csv("x.csv", rows);
    try (Dealt before = Dealing.deal(spark, configuration(path, 1))) {
      rows.set(11, "9,9,9,1");
      csv("x.csv", rows);
      try (Dealt after = Dealing.deal(spark, configuration(path, 1))) {
        List<StreamSummary> summaries = before.plan().training().summaries();
        before.refuseChange(summaries, List.of());
        assertThatThrownBy(() -> after.refuseChange(summaries, List.of()))
            .isInstanceOf(DataException.class)
            .hasMessage(
                "data.train ("
                    + path
                    + ") has changed: stream 0 had "
                    + summaries.get(0)
                    + " and now has "
                    + after.plan().training().summaries().get(0)
                    + "; restore the source, or start a new run");
      }
    }
  }

  @Test
  void statisticsEqualPlainOnesOverTheTrainingRows(SparkSession spark) throws IOException {
    List<String> rows = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; i < 97; i++) {
      rows.add((1000 + random.nextFloat()) + ",0.1," + random.nextInt(100) + ",1");
    }
    RunConfiguration configuration =
        configuration(csv("x.csv", rows), 5, "scale: {standardize: true}");
    try (Dealt dealt = Dealing.deal(spark, configuration)) {
      var scaling = (FeatureScaling.Standardize) dealt.plan().scaling();
      for (int j : new int[] {0, 2}) {
        int column = j;
        double[] values =
            rows.stream()
                .mapToDouble(row -> Float.parseFloat(row.split(",", -1)[column]))
                .toArray();
        double mean = Arrays.stream(values).sum() / values.length;
        double variance =
            Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length;
        // Other orders of 97 summands in double: a few units in the last place.
        assertThat(scaling.mean()[j])
            .isCloseTo(mean, org.assertj.core.data.Offset.offset(1e-13 * Math.abs(mean)));
        assertThat(scaling.deviation()[j])
            .isCloseTo(Math.sqrt(variance), org.assertj.core.data.Percentage.withPercentage(1e-9));
      }
      assertThat(scaling.apply(1, 0.1f)).isZero();
      assertThat(scaling.deviation()[1]).isEqualTo(1);
      assertThat(dealt.notices())
          .containsExactly(
              "1 of 3 features have one value only in the training data; they become 0 there");
    }
  }

  @Test
  void statisticsOfChannelsAreThoseOfAllTheirFeatures(SparkSession spark) throws IOException {
    List<String> rows = new ArrayList<>();
    Random random = new Random(seed);
    List<List<Float>> channels = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 59; i++) {
      StringBuilder row = new StringBuilder();
      for (int j = 0; j < 6; j++) {
        float value = random.nextFloat() + 10 * (j / 3);
        channels.get(j / 3).add(value);
        row.append(value).append(',');
      }
      rows.add(row + "1");
    }
    List<String> lines = new ArrayList<>(List.of("a,b,c,d,e,f,y"));
    lines.addAll(rows);
    Path file = DataCase.write(folder.resolve("x.csv"), lines);
    RunConfiguration image = channels("[2, 1, 3]", file, "{channels: {standardize: true}}");
    try (Dealt dealt = Dealing.deal(spark, image)) {
      var scaling = (FeatureScaling.Channels) dealt.plan().scaling();
      for (int c = 0; c < 2; c++) {
        double[] values = channels.get(c).stream().mapToDouble(v -> v).toArray();
        double mean = Arrays.stream(values).sum() / values.length;
        double variance =
            Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length;
        // Other orders of 177 summands in double: a few units in the last place.
        assertThat(scaling.mean()[c])
            .isCloseTo(mean, org.assertj.core.data.Percentage.withPercentage(1e-10));
        assertThat(scaling.deviation()[c])
            .isCloseTo(Math.sqrt(variance), org.assertj.core.data.Percentage.withPercentage(1e-9));
        // The mean as float32 is off by at most 5e-7, and deviations are near 0.29.
        assertThat(scaling.apply(3 * c + 2, (float) mean)).isBetween(-3e-6f, 3e-6f);
      }
    }
    RunConfiguration sequence =
        channels("[2, 3]", file, "{divide: 2, channels: {mean: [1, 2, 3], std: [1, 2, 4]}}");
    try (Dealt dealt = Dealing.deal(spark, sequence)) {
      assertThat(dealt.plan().scaling().apply(5, 20)).isEqualTo((20 / 2f - 3) / 4);
      assertThat(dealt.plan().scaling().apply(0, 20)).isEqualTo(20 / 2f - 1);
      assertThat(RunConfiguration.parse(sequence.toYaml(), "resolved").data().scale())
          .isEqualTo(sequence.data().scale());
    }
    assertThatThrownBy(
            () ->
                Dealing.deal(
                    spark,
                    channels("[2, 1, 3]", file, "{channels: {mean: [1, 2, 3], std: [1, 2, 4]}}")))
        .hasMessage(
            "data.scale.channels must have a mean and a std for each channel of model.input"
                + " [2, 1, 3] (2), got 3");
  }

  private static RunConfiguration channels(String input, Path file, String scale) {
    return DataCase.shaped(
        input,
        4,
        "train: {format: csv, path: " + file + ", label: y}",
        "scale: " + scale,
        "labels: {classes: 3}");
  }

  @Test
  void fewerRowsThanStreamsLeaveStreamsEmpty(SparkSession spark) throws IOException {
    try (Dealt dealt =
        Dealing.deal(spark, configuration(csv("x.csv", List.of("1,2,3,0", "4,5,6,1")), 4))) {
      assertThat(dealt.plan().training().summaries().stream().map(StreamSummary::count))
          .containsExactly(1L, 1L, 0L, 0L);
      assertThat(dealt.plan().training().epoch().stepsPerEpoch()).isEqualTo(1);
    }
  }

  @Test
  void droppingIncompleteBatchesOfTooFewRowsIsRefused(SparkSession spark) throws IOException {
    RunConfiguration configuration = configuration(csv("x.csv", List.of("1,2,3,0")), 4);
    RunConfiguration dropping =
        RunConfiguration.parse(
            configuration.toYaml().replace("incomplete: keep", "incomplete: drop"), "test.yaml");
    assertThatThrownBy(() -> Dealing.deal(spark, dropping))
        .hasMessage(
            "batch.incomplete: drop leaves no step: a batch needs 8 rows, the training data have"
                + " 1; make batch.size smaller or set batch.incomplete: keep");
  }

  @Test
  void idxFilesGiveTheSameStreamsPlainAndPacked(SparkSession spark) throws IOException {
    Random random = new Random(seed);
    List<byte[]> images = new ArrayList<>();
    List<byte[]> labels = new ArrayList<>();
    for (int i = 0; i < 83; i++) {
      byte[] image = new byte[6];
      random.nextBytes(image);
      images.add(image);
      labels.add(new byte[] {(byte) random.nextInt(10)});
    }
    DataCase.writeIdx(folder.resolve("images"), images);
    DataCase.writeIdx(folder.resolve("images.gz"), images);
    DataCase.writeIdx(folder.resolve("labels"), labels);
    DataCase.writeIdx(folder.resolve("labels.gz"), labels);
    List<List<List<String>>> dealt = new ArrayList<>();
    for (String ending : List.of("", ".gz")) {
      String source =
          "{format: idx, features: %s/images%s, labels: %s/labels%s}"
              .formatted(folder, ending, folder, ending);
      RunConfiguration configuration =
          DataCase.configuration(6, 4, "train: " + source, "labels: {classes: 10}");
      for (int parts : new int[] {1, 5, 83, 200}) {
        try (Dealt streams = Dealing.deal(spark, configuration, parts)) {
          dealt.add(DataCase.rows(streams.training()));
        }
      }
    }
    assertThat(dealt.get(0).stream().mapToInt(List::size).sum()).isEqualTo(83);
    assertThat(new TreeSet<>(dealt.stream().map(Object::toString).toList())).hasSize(1);
    TreeSet<String> rows = new TreeSet<>();
    IntStream.range(0, 83)
        .forEach(
            i -> {
              byte[] row = Arrays.copyOf(images.get(i), 10);
              var form =
                  new io.lockstep.common.data.ExampleForm(
                      io.lockstep.common.data.FeatureType.UINT8, 6);
              form.label(row, 0, labels.get(i)[0]);
              rows.add(HexFormat.of().formatHex(row));
            });
    assertThat(dealt.get(0).stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(rows);
  }
}
