package io.lockstep.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  private static final List<TensorSpec> TENSORS =
      List.of(
          new TensorSpec("output.W", List.of(2, 3), Role.WEIGHT),
          new TensorSpec("output.b", List.of(3), Role.BIAS));

  @TempDir private Path folder;

  @Test
  void theHeaderIsExactlyTheseBytes() {
    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"output.W\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"output.b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[24,36]}}";
    String padded = json + " ".repeat((8 - json.length() % 8) % 8);
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length()).array();
    byte[] expected = Arrays.copyOf(length, 8 + padded.length());
    System.arraycopy(padded.getBytes(StandardCharsets.US_ASCII), 0, expected, 8, padded.length());
    assertThat(SafetensorsWriter.header(TENSORS, Map.of("format", "pt"))).isEqualTo(expected);
    assertThat(expected.length % 8).isZero();
  }

  @Test
  void theFileIsHeaderAndLittleEndianFloats() throws IOException {
    write(new float[] {1, -2, 3, 4, 5, 6, 0.5f, Float.MIN_VALUE, -0f});
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(model())).order(ByteOrder.LITTLE_ENDIAN);
    file.position(8 + (int) file.getLong(0));
    assertThat(file.remaining()).isEqualTo(36);
    assertThat(file.getInt()).isEqualTo(0x3f800000);
    assertThat(file.getInt()).isEqualTo(0xc0000000);
    file.position(file.limit() - 4);
    assertThat(file.getInt()).isEqualTo(0x80000000);
  }

  @Test
  void theHashIsThatOfTheDataSection() throws Exception {
    String hash = write(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    byte[] bytes = Files.readAllBytes(model());
    byte[] data = Arrays.copyOfRange(bytes, bytes.length - 36, bytes.length);
    assertThat(hash)
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data)));
    try (SafetensorsReader reader = new SafetensorsReader(model())) {
      assertThat(reader.weightsSha256()).isEqualTo(hash);
    }
  }

  @Test
  void whatIsWrittenInPartsIsReadBackBitForBit() {
    long seed = Long.getLong("tests.seed", 3);
    Random random = new Random(seed);
    List<TensorSpec> tensors =
        List.of(
            new TensorSpec("a.W", List.of(401, 503), Role.WEIGHT),
            new TensorSpec("ä \"b\"", List.of(1), Role.BIAS));
    float[] values = new float[401 * 503 + 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    try (SafetensorsWriter writer = new SafetensorsWriter(model(), tensors, Map.of())) {
      for (int from = 0; from < values.length; ) {
        int length = Math.min(values.length - from, 1 + random.nextInt(100_000));
        writer.write(values, from, length);
        from += length;
      }
      writer.finish();
    }
    try (SafetensorsReader reader = new SafetensorsReader(model())) {
      assertThat(reader.tensors())
          .containsExactly(
              new SafetensorsReader.Tensor("a.W", List.of(401, 503), 0, 401 * 503),
              new SafetensorsReader.Tensor("ä \"b\"", List.of(1), 401 * 503, 1));
      float[] read = new float[values.length + 2];
      reader.read(0, read, 2, values.length);
      for (int i = 0; i < values.length; i++) {
        assertThat(Float.floatToRawIntBits(read[i + 2]))
            .as("-Dtests.seed=%d, element %d", seed, i)
            .isEqualTo(Float.floatToRawIntBits(values[i]));
      }
    }
  }

  @Test
  void anUnfinishedFileLeavesNothing() {
    try (SafetensorsWriter writer = new SafetensorsWriter(model(), TENSORS, Map.of())) {
      writer.write(new float[3], 0, 3);
      assertThatThrownBy(writer::finish)
          .hasMessage(model() + " must hold 9 elements, got 3")
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> writer.write(new float[7], 0, 7))
          .hasMessage(model() + " must hold 9 elements, got 10");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    write(new float[9]);
    byte[] bytes = Files.readAllBytes(model());
    Files.write(model(), Arrays.copyOf(bytes, bytes.length - 4));
    assertThatThrownBy(() -> new SafetensorsReader(model()))
        .hasMessage(
            model()
                + ": must be a safetensors file of float32 tensors without gaps, got 32 bytes of"
                + " data, where the header says 36");
    bytes[3] = 1;
    Files.write(model(), bytes);
    assertThatThrownBy(() -> new SafetensorsReader(model()))
        .hasMessageContaining("got a header of 16777");
  }

  @Test
  void aMissingFileSaysThatTheRunIsNotDone() {
    assertThatThrownBy(() -> new SafetensorsReader(model()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "there are no weights yet: " + model() + " does not exist; the run must be done");
  }

  private Path model() {
    return folder.resolve("model.safetensors");
  }

  private String write(float[] values) {
    try (SafetensorsWriter writer =
        new SafetensorsWriter(model(), TENSORS, Map.of("format", "pt"))) {
      writer.write(values, 0, values.length);
      return writer.finish();
    }
  }
}
