package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same rows in every format, in any order, over any files, are the same streams. */
@ExtendWith(LocalSpark.class)
final class FormatsTest {
  private static final int FEATURES = 5;
  private static final String WAY_OUT =
      "; mend the row, or leave such rows out with data.train.onBadRow: skip";

  private final long seed =
      System.getProperty("tests.seed", "").isEmpty()
          ? new Random().nextLong()
          : Long.getLong("tests.seed");
  @TempDir Path folder;

  /** A row as decimal texts, the class last; some features are 0. */
  private static List<List<String>> randomRows(Random random, int count) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<String> row = new ArrayList<>();
      for (int j = 0; j < FEATURES; j++) {
        row.add(random.nextInt(3) == 0 ? "0" : Float.toString((float) random.nextGaussian()));
      }
      row.add(Integer.toString(random.nextInt(3)));
      rows.add(i % 7 == 6 ? rows.get(random.nextInt(rows.size())) : row);
    }
    return rows;
  }

  /** Writes rows as a file of a format; the source that reads the folder. */
  enum Format {
    CSV("{format: csv, path: FOLDER, label: y}") {
      @Override
      void write(Path file, List<List<String>> rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of("a,b,c,d,e,y"));
        rows.forEach(row -> lines.add(String.join(",", row)));
        DataCase.write(file, lines);
      }
    },
    LIBSVM("{format: libsvm, path: FOLDER}") {
      @Override
      void write(Path file, List<List<String>> rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of("# a comment", ""));
        for (List<String> row : rows) {
          String entries =
              IntStream.range(0, FEATURES)
                  .filter(j -> !row.get(j).equals("0"))
                  .mapToObj(j -> " " + (j + 1) + ":" + row.get(j))
                  .collect(Collectors.joining());
          lines.add(row.get(FEATURES) + entries + " # row");
        }
        DataCase.write(file, lines);
      }
    },
    JSONL("{format: jsonl, path: FOLDER, label: y, features: [a, bcd, e]}") {
      @Override
      void write(Path file, List<List<String>> rows) throws IOException {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
          lines.add(
              String.format(
                  "{\"e\": %s, \"unused\": {\"x\": [1]}, \"bcd\": [[%s], [%s, %s]], \"y\": %s,"
                      + " \"a\": %s}",
                  row.get(4), row.get(1), row.get(2), row.get(3), row.get(5), row.get(0)));
        }
        DataCase.write(file, lines);
      }
    },
    NPY("{format: npy, features: 'FOLDER/x-*.npy', labels: 'FOLDER/y-*.npy'}") {
      @Override
      void write(Path file, List<List<String>> rows) throws IOException {
        ByteBuffer features = npy("<f4", "False", rows.size() + ", 5", rows.size() * 20);
        ByteBuffer labels = npy(">i8", "False", rows.size() + ",", rows.size() * 8);
        labels.order(ByteOrder.BIG_ENDIAN);
        for (List<String> row : rows) {
          row.subList(0, FEATURES).forEach(value -> features.putFloat(Float.parseFloat(value)));
          labels.putLong(Long.parseLong(row.get(FEATURES)));
        }
        String name = file.getFileName().toString();
        Files.write(file.resolveSibling("x-" + name + ".npy"), whole(features));
        Files.write(file.resolveSibling("y-" + name + ".npy"), whole(labels));
      }
    },
    SQL(
        "{format: sql, query: 'SELECT a, b + 0 AS b, c, d, e, y FROM rows JOIN names USING (name)"
            + " ORDER BY e', label: y, tables: {rows: {format: csv, path: 'FOLDER/*.rows'}, names:"
            + " {format: jsonl, path: 'FOLDER/*.names'}}}") {
      @Override
      void write(Path file, List<List<String>> rows) throws IOException {
        List<String> lines = new ArrayList<>(List.of("a,b,c,d,e,name"));
        for (List<String> row : rows) {
          lines.add(String.join(",", row.subList(0, FEATURES)) + ",class " + row.get(FEATURES));
        }
        DataCase.write(file.resolveSibling(file.getFileName() + ".rows"), lines);
        DataCase.write(
            file.resolveSibling("all.names"),
            IntStream.range(0, 3)
                .mapToObj(c -> "{\"name\": \"class " + c + "\", \"y\": " + c + "}")
                .toList());
      }
    };

    private final String source;

    Format(String source) {
      this.source = source;
    }

    abstract void write(Path file, List<List<String>> rows) throws IOException;
  }

  private static byte[] whole(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.rewind().get(bytes);
    return bytes;
  }

  private static ByteBuffer npy(String type, String fortran, String shape, int bytes) {
    String text =
        "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': (" + shape + "), }\n";
    byte[] header = text.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(10 + header.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) header.length)
        .put(header);
  }

  private static RunConfiguration configuration(String source, Path path) {
    return DataCase.configuration(
        FEATURES, 4, "train: " + source.replace("FOLDER", path.toString()), "labels: {classes: 3}");
  }

  @ParameterizedTest
  @MethodSource("formats")
  void rowsAreThoseOfCsvHoweverTheyAreFiledAndCut(Format format, SparkSession spark)
      throws IOException {
    Random random = new Random(seed);
    List<List<String>> rows = randomRows(random, 101);
    Path one = Files.createDirectory(folder.resolve("one"));
    Format.CSV.write(one.resolve("rows.csv"), rows);
    List<List<String>> expected;
    try (Dealt dealt = Dealing.deal(spark, configuration(Format.CSV.source, one))) {
      expected = DataCase.rows(dealt.training());
      assertThat(dealt.plan().training().rows()).isEqualTo(101);
    }
    for (int round = 0; round < 3; round++) {
      Collections.shuffle(rows, random);
      Path many = Files.createDirectory(folder.resolve("round" + round));
      int files = 1 + random.nextInt(3);
      for (int f = 0; f < files; f++) {
        format.write(
            many.resolve("part" + f),
            rows.subList(f * rows.size() / files, (f + 1) * rows.size() / files));
      }
      int parts = random.nextInt(9);
      try (Dealt dealt = Dealing.deal(spark, configuration(format.source, many), parts)) {
        assertThat(DataCase.rows(dealt.training()))
            .as("seed %d, %d files, %d parts", seed, files, parts)
            .isEqualTo(expected);
      }
    }
  }

  static Stream<Format> formats() {
    return Arrays.stream(Format.values()).filter(format -> format != Format.CSV);
  }

  /** Grey images of 4 x 3, a folder a class; the same as IDX. */
  @Test
  void imagesAreTheRowsOfTheSameIdxFiles(SparkSession spark) throws IOException {
    Random random = new Random(seed);
    List<byte[]> pixels = new ArrayList<>();
    List<byte[]> labels = new ArrayList<>();
    List<String> names = List.of("cat", "dog", "emu");
    Path images = folder.resolve("images");
    for (int i = 0; i < 40; i++) {
      byte[] image = new byte[12];
      random.nextBytes(image);
      int label = i < 3 ? i : random.nextInt(3);
      pixels.add(image);
      labels.add(new byte[] {(byte) label});
      BufferedImage picture = new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY);
      picture.getRaster().setDataElements(0, 0, 4, 3, image);
      Path file = images.resolve(names.get(label)).resolve(random.nextInt() + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(picture, "png", file.toFile());
    }
    Files.writeString(images.resolve("cat/.hidden"), "no image");
    Path idx = DataCase.writeIdx(folder.resolve("x-images-idx2-ubyte"), pixels);
    Path idxLabels = DataCase.writeIdx(folder.resolve("x-labels-idx1-ubyte"), labels);
    RunConfiguration fromIdx =
        DataCase.shaped(
            "[1, 3, 4]",
            4,
            "train: {format: idx, features: " + idx + ", labels: " + idxLabels + "}",
            "labels: {classes: 3}");
    List<List<String>> expected;
    try (Dealt dealt = Dealing.deal(spark, fromIdx)) {
      expected = DataCase.rows(dealt.training());
    }
    for (int parts : new int[] {0, 1, 7}) {
      RunConfiguration fromImages = images("[1, 3, 4]", images, "", "{classes: 3}");
      try (Dealt dealt = Dealing.deal(spark, fromImages, parts)) {
        assertThat(DataCase.rows(dealt.training())).as("seed %d", seed).isEqualTo(expected);
        assertThat(dealt.description().labels().names()).isEqualTo(names);
        assertThat(dealt.description().input()).containsExactly(1, 3, 4);
      }
    }
  }

  private static RunConfiguration images(String input, Path path, String more, String labels) {
    return DataCase.shaped(
        input, 4, "train: {format: images, path: " + path + more + "}", "labels: " + labels);
  }

  private void refused(
      SparkSession spark, Class<? extends Exception> type, String message, RunConfiguration run) {
    assertThatThrownBy(() -> Dealing.deal(spark, run))
        .isInstanceOf(type)
        .hasMessage(message.replace("FOLDER", folder.toString()));
  }

  private void badRow(SparkSession spark, String message, String name, String... lines)
      throws IOException {
    Path file = DataCase.write(folder.resolve(name), List.of(lines));
    String format = name.endsWith(".svm") ? "libsvm" : "jsonl, label: y";
    refused(
        spark,
        DataException.class,
        "FOLDER/" + name + message + WAY_OUT,
        DataCase.configuration(
            2, 2, "train: {format: " + format + ", path: " + file + "}", "labels: {classes: 3}"));
  }

  @Test
  void badLinesOfLibsvmAreRefusedWithFileLineAndValue(SparkSession spark) throws IOException {
    badRow(
        spark,
        ":2: an index must be at most the number of features that the model takes (2), got '3:1'",
        "a.svm",
        "0 1:1",
        "1 3:1");
    badRow(spark, ":1: an entry must be index:value, indices from 1, got '0:4'", "b.svm", "0 0:4");
    badRow(
        spark, ":1: an entry must be index:value, indices from 1, got 'qid:4'", "c.svm", "0 qid:4");
    badRow(spark, ":2: indices must ascend, got '1:2' after 2", "d.svm", "", "0 2:1 1:2");
    badRow(spark, ":1: feature 1 must be a finite number, got '1:nan'", "e.svm", "0 1:nan");
    badRow(spark, ":1: the label must be in 0..2, got '-1'", "f.svm", "-1 1:2");
    badRow(spark, ":1: the label is missing", "g.svm", "1:2");
  }

  @Test
  void labelsOfLibsvmMayBeNamed(SparkSession spark) throws IOException {
    Path file = DataCase.write(folder.resolve("x.svm"), List.of("-1 1:1", "+1 2:1", "+1"));
    RunConfiguration run =
        DataCase.configuration(
            2, 1, "train: {format: libsvm, path: " + file + "}", "labels: {names: ['-1', '+1']}");
    try (Dealt dealt = Dealing.deal(spark, run)) {
      assertThat(DataCase.rows(dealt.training()).get(0))
          .containsExactlyInAnyOrder(
              "0000803f0000000000000000", "000000000000803f0000803f", "00000000000000000000803f");
    }
  }

  @Test
  void badLinesOfJsonAreRefusedWithFileLineAndValue(SparkSession spark) throws IOException {
    String first = "{\"a\": [1, 2], \"y\": 0}";
    badRow(
        spark,
        ":2: field 'a' must hold 2 numbers, as in the first line, got more",
        "a.jsonl",
        first,
        "{\"a\": [1, [2, 3]], \"y\": 0}");
    badRow(
        spark,
        ":3: field 'a' must hold 2 numbers, as in the first line, got 1",
        "b.jsonl",
        first,
        "",
        "{\"a\": [1], \"y\": 0}");
    badRow(
        spark,
        ":2: field 'a', number 1, must be a finite number, got 'x'",
        "c.jsonl",
        first,
        "{\"a\": [1, \"x\"], \"y\": 0}");
    badRow(
        spark,
        ":2: field 'a', number 0, must be a finite number, got 'null'",
        "d.jsonl",
        first,
        "{\"a\": [null, 1], \"y\": 0}");
    badRow(
        spark,
        ":2: a line must have the fields a, y, 1 of them is missing",
        "e.jsonl",
        first,
        "{\"a\": [1, 2]}");
    badRow(
        spark,
        ":2: the label 'y' must be in 0..2, got '7'",
        "f.jsonl",
        first,
        "{\"a\": [1, 2], \"y\": 7}");
    badRow(spark, ":2: a line must be one JSON object, got '['", "g.jsonl", first, "[1]");
    badRow(
        spark,
        ":2: a line must be one JSON object, got more behind it",
        "h.jsonl",
        first,
        first + " {}");
    badRow(
        spark,
        ":2: a line must be one JSON object: Duplicate field 'y'",
        "i.jsonl",
        first,
        "{\"a\": [1, 2], \"y\": 0, \"y\": 1}");
  }

  @Test
  void textsOfJsonAreClassesAndARowMayHaveAWeight(SparkSession spark) throws IOException {
    Path file =
        DataCase.write(
            folder.resolve("x.jsonl"),
            List.of(
                "{\"y\": \"no\", \"a\": 1, \"b\": true, \"w\": 0.5}",
                "{\"y\": \"yes\", \"a\": 2, \"b\": false, \"w\": 2}"));
    RunConfiguration run =
        DataCase.configuration(
            2,
            1,
            "train: {format: jsonl, path: " + file + ", label: y, weight: w}",
            "labels: {classes: 2}");
    try (Dealt dealt = Dealing.deal(spark, run)) {
      assertThat(dealt.description().labels().names()).containsExactly("no", "yes");
      assertThat(dealt.description().featureNames()).containsExactly("a", "b");
      assertThat(DataCase.rows(dealt.training()).get(0))
          .containsExactlyInAnyOrder(
              "0000803f0000803f000000000000003f", "00000040000000000000803f00000040");
    }
  }

  @Test
  void imagesThatDoNotFitAreRefusedByNameOrLeftOut(SparkSession spark) throws IOException {
    Path images = folder.resolve("images");
    for (String file : List.of("cat/small", "cat/right", "dog/right")) {
      Path path = images.resolve(file + ".png");
      Files.createDirectories(path.getParent());
      int width = file.endsWith("small") ? 3 : 4;
      ImageIO.write(new BufferedImage(width, 4, BufferedImage.TYPE_INT_RGB), "png", path.toFile());
    }
    String wayOut = "; mend the image, or leave such images out with data.train.onBadRow: skip";
    refused(
        spark,
        DataException.class,
        "FOLDER/images/cat/small.png: an image must have the size of model.input, 4 x 4, got 4 x 3"
            + " (height x width); size: [4, 4] resizes"
            + wayOut,
        images("[3, 4, 4]", images, "", "{classes: 2}"));
    Files.writeString(images.resolve("dog/note.txt"), "no image");
    refused(
        spark,
        DataException.class,
        "FOLDER/images/dog/note.txt: cannot be read as an image: an image must be PNG, JPEG, GIF,"
            + " BMP, TIFF, is none of them"
            + wayOut,
        images("[3, 4, 4]", images, ", size: [4, 4]", "{classes: 2}"));
    byte[] whole = Files.readAllBytes(images.resolve("dog/right.png"));
    Files.write(images.resolve("dog/note.txt"), Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(
            () ->
                Dealing.deal(spark, images("[3, 4, 4]", images, ", size: [4, 4]", "{classes: 2}")))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(images + "/dog/note.txt: cannot be read as an image: ");
    RunConfiguration skipping =
        images("[3, 4, 4]", images, ", onBadRow: skip", "{names: [dog, cat]}");
    try (Dealt dealt = Dealing.deal(spark, skipping)) {
      assertThat(dealt.plan().training().rows()).isEqualTo(2);
      assertThat(dealt.notices()).hasSize(1);
      assertThat(dealt.notices().get(0)).contains("2 rows were left out");
    }
    refused(
        spark,
        DataException.class,
        "FOLDER/images/cat/right.png: the label, the name of its folder, must be one of dog, emu,"
            + " got 'cat'"
            + wayOut,
        images("[3, 4, 4]", images, "", "{names: [dog, emu]}"));
    refused(
        spark,
        ConfigurationException.class,
        "data.train.size must be height and width of model.input, [4, 4], got [4, 5]"
            + " (test.yaml:3)",
        images("[3, 4, 4]", images, ", size: [4, 5]", "{classes: 2}"));
    refused(
        spark,
        ConfigurationException.class,
        "data.train needs model.input: [channels, height, width] of 1, 3 or 4 channels, got [48]"
            + " (test.yaml:3)",
        images("[48]", images, "", "{classes: 2}"));
  }

  private static String sql(String query) {
    return "{format: sql, query: \""
        + query
        + "\", label: y, tables: {t: {format: csv, path:"
        + " FOLDER/t.csv}}}";
  }

  @Test
  void aQueryThatIsNoneOrNeverTheSameIsRefused(SparkSession spark) throws IOException {
    DataCase.write(folder.resolve("t.csv"), List.of("a,b,y", "1,2,0", "3,,1"));
    refused(
        spark,
        ConfigurationException.class,
        "data.train.query must give the same rows whenever it is asked, so it must not use rand(),"
            + " uuid() and other functions that Spark calls not deterministic, got 'SELECT a,"
            + " rand() AS b, y FROM t' (test.yaml:3)",
        query("SELECT a, rand() AS b, y FROM t"));
    assertThatThrownBy(() -> Dealing.deal(spark, query("SELECT a, z, y FROM t")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "data.train.query must be a query that Spark understands, got 'SELECT a, z, y FROM t'"
                + " (test.yaml:3): ")
        .hasMessageContaining("`z`");
    assertThatThrownBy(() -> Dealing.deal(spark, query("SELEKT a FROM t")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("data.train.query must be a query that Spark understands");
    refused(
        spark,
        DataException.class,
        "data.train, a row of its query: column 'b' must be a finite number, got 'null', in the row"
            + " (a = 3, b = null, y = 1)"
            + WAY_OUT,
        query("SELECT a, b, y FROM t"));
    refused(
        spark,
        ConfigurationException.class,
        "data.train.tables.t.format must not be one of images, sql, text in a table, got 'images'"
            + " (test.yaml:3)",
        DataCase.configuration(
            2,
            2,
            "train: {format: sql, query: SELECT 1, tables: {t: {format: images, path: x}}, label:"
                + " y}",
            "labels: {classes: 2}"));
    try (Dealt dealt = Dealing.deal(spark, query("SELECT a, b, y FROM t WHERE b > 0"))) {
      assertThat(dealt.plan().training().rows()).isEqualTo(1);
    }
  }

  private RunConfiguration query(String query) {
    return DataCase.configuration(
        2, 2, "train: " + sql(query).replace("FOLDER", folder.toString()), "labels: {classes: 2}");
  }

  @Test
  void aQueryMayAskSourcesWithoutColumns(SparkSession spark) throws IOException {
    Path libsvm = DataCase.write(folder.resolve("x.svm"), List.of("0 1:1", "1 2:1", "2 1:5"));
    RunConfiguration run =
        DataCase.configuration(
            2,
            1,
            "train: {format: sql, query: 'SELECT * FROM t WHERE label > 0', label: label, tables:"
                + " {t: {format: libsvm, path: "
                + libsvm
                + "}}}",
            "labels: {classes: 3}");
    try (Dealt dealt = Dealing.deal(spark, run)) {
      assertThat(DataCase.rows(dealt.training()).get(0))
          .containsExactlyInAnyOrder("000000000000803f0000803f", "0000a0400000000000000040");
    }
  }
}
