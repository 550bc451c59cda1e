package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.data.FeatureType;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays that NumPy wrote, of every type and order; {@code golden/npy/arrays.py} made them. */
final class GoldenArraysTest {
  @TempDir Path folder;

  private static Path golden(String name) {
    try {
      return Path.of(
          java.util.Objects.requireNonNull(
                  GoldenArraysTest.class.getResource("/golden/npy/" + name), name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PlainRows rows(FeatureType type, Path features, Path labels, String... arrays) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("format", "npy");
    source.put("features", features.toString());
    source.put("labels", labels.toString());
    if (arrays.length > 0) {
      source.put("arrays", List.of(arrays));
    }
    DataDescription trained =
        new DataDescription(
            new ExampleForm(type, 4),
            List.of(),
            new LabelsSection(3, List.of()),
            new FeatureScaling.None());
    return PlainRows.labelled(
        Options.of("data.train", source), trained, new Configuration(), GoldenArraysTest::noSpark);
  }

  private static SparkSession noSpark() {
    throw new AssertionError("reading arrays must not start Spark");
  }

  private static List<List<Float>> read(PlainRows rows) {
    List<List<Float>> read = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        List<Float> row = new ArrayList<>();
        for (int j = 0; j < 4; j++) {
          row.add(rows.form().feature(rows.content(), j));
        }
        row.add(rows.form().label(rows.content(), 0));
        read.add(row);
      }
    }
    return read;
  }

  private static List<List<Float>> expected(int less) {
    float[] labels = {2, 0, 1};
    List<List<Float>> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      float first = 10 * i - less;
      rows.add(List.of(first, first + 1, first + 3, first + 4, labels[i]));
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i1",
        "le-i2",
        "le-i4",
        "be-i4",
        "le-i8",
        "be-i8",
        "le-f4",
        "be-f4",
        "le-f8",
        "be-f8",
        "fortran",
        "version-2",
        "version-3"
      })
  void everyTypeAndOrderHoldsTheSameNumbers(String name) {
    assertThat(read(rows(FeatureType.FLOAT32, golden(name + ".npy"), golden("labels.npy"))))
        .isEqualTo(expected(5));
  }

  @ParameterizedTest
  @CsvSource({"u1, UINT8", "le-u2, FLOAT32", "be-u4, FLOAT32"})
  void unsignedNumbersToo(String name, FeatureType type) {
    PlainRows rows = rows(type, golden(name + ".npy"), golden("labels.npy"));
    assertThat(rows.form().type()).isEqualTo(type);
    assertThat(read(rows)).isEqualTo(expected(0));
  }

  @Test
  void truthIsOneAndZero() {
    assertThat(read(rows(FeatureType.UINT8, golden("bool.npy"), golden("labels.npy"))).get(0))
        .containsExactly(1f, 0f, 0f, 1f, 2f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"packed.npz", "deflated.npz"})
  void arraysOfOneFileAreNamed(String name) {
    Path file = golden(name);
    assertThat(read(rows(FeatureType.FLOAT32, file, file, "train", "target")))
        .isEqualTo(expected(5));
    assertThatThrownBy(() -> rows(FeatureType.FLOAT32, file, file, "train", "targets"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            file
                + " (targets): cannot be read: there is no array 'targets' in it; there are:"
                + " train, target");
    assertThatThrownBy(() -> rows(FeatureType.FLOAT32, file, file))
        .hasMessage(
            "data.train must say with arrays: [NAME, NAME] which array of "
                + file
                + " holds the features (program)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "complex | an array must be of bool, uint8, int8 to int64, float32 or float64, got '<c8';"
            + " save it as array.astype('float32')",
        "half | an array must be of bool, uint8, int8 to int64, float32 or float64, got '<f2';"
            + " save it as array.astype('float32')",
        "structure | an array must hold numbers of one type, got {'descr': [('a', '<f4'), ('b',"
            + " '<i4')], 'fortran_order': False, 'shape': (3,), }"
      })
  void whatIsNoNumberIsRefused(String name, String message) {
    Path file = golden(name + ".npy");
    assertThatThrownBy(() -> rows(FeatureType.FLOAT32, file, golden("labels.npy")))
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void aFileThatIsShorterThanItsHeaderSaysIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(golden("le-f4.npy"));
    Path cut = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, whole.length - 4));
    assertThatThrownBy(() -> rows(FeatureType.FLOAT32, cut, golden("labels.npy")))
        .hasMessage(
            cut + ": an array of shape [3, 2, 2] must have 176 bytes with its header, got 172");
    Path text = Files.writeString(folder.resolve("text.npy"), "a,b,c,d\n1,2,3,4\n");
    assertThatThrownBy(() -> rows(FeatureType.FLOAT32, text, golden("labels.npy")))
        .hasMessage(
            text
                + ": an array of NumPy's must begin with 93 4e 55 4d 50 59; save it by numpy.save");
    assertThatThrownBy(() -> rows(FeatureType.FLOAT32, golden("le-f4.npy"), golden("half.npy")))
        .hasMessageContaining("half.npy");
    whole[whole.length - 1] = 0x7F;
    whole[whole.length - 2] = (byte) 0x80;
    Path infinite = Files.write(folder.resolve("infinite.npy"), whole);
    assertThatThrownBy(() -> read(rows(FeatureType.FLOAT32, infinite, golden("labels.npy"))))
        .hasMessageStartingWith(infinite + ", row 3: number 3 must be finite, got '");
  }
}
