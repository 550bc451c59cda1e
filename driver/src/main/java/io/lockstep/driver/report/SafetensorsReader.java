package io.lockstep.driver.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file of float32 tensors, as {@link SafetensorsWriter} writes it: without
 * gaps, in the header's order.
 */
public final class SafetensorsReader implements AutoCloseable {
  private static final int MOST_HEADER_BYTES = 100_000_000;
  private static final int BUFFER_BYTES = 256 * 1024;

  /**
   * One tensor of the file.
   *
   * @param name as the header has it
   * @param shape row-major
   * @param offset its first element in the data section
   * @param size its elements
   */
  public record Tensor(String name, List<Integer> shape, long offset, long size) {}

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final List<Tensor> tensors;

  /**
   * Opens a file and reads its header.
   *
   * @throws ConfigurationException where there is no such file
   * @throws IllegalStateException where it is damaged, or holds what is not float32
   */
  public SafetensorsReader(Path file) {
    this.file = file;
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.READ);
      ByteBuffer length = read(0, 8);
      long headerBytes = length.getLong();
      if (headerBytes < 2 || headerBytes > Math.min(MOST_HEADER_BYTES, channel.size() - 8)) {
        throw damaged("a header of " + headerBytes + " bytes");
      }
      this.dataStart = 8 + headerBytes;
      JsonNode header = new ObjectMapper().readTree(read(8, (int) headerBytes).array());
      this.tensors = tensors(header);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(
          "there are no weights yet: " + file + " does not exist; the run must be done", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private List<Tensor> tensors(JsonNode header) throws IOException {
    List<Tensor> found = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        continue;
      }
      JsonNode tensor = entry.getValue();
      List<Integer> shape = new ArrayList<>();
      tensor.path("shape").forEach(extent -> shape.add(extent.asInt()));
      long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
      long from = tensor.path("data_offsets").path(0).asLong(-1);
      long to = tensor.path("data_offsets").path(1).asLong(-1);
      if (!tensor.path("dtype").asText().equals("F32")
          || from != 4 * offset
          || to != from + 4 * size) {
        throw damaged("for " + entry.getKey() + " the entry " + tensor);
      }
      found.add(new Tensor(entry.getKey(), List.copyOf(shape), offset, size));
      offset += size;
    }
    if (channel.size() != dataStart + 4 * offset) {
      throw damaged(
          "%d bytes of data, where the header says %d"
              .formatted(channel.size() - dataStart, 4 * offset));
    }
    return List.copyOf(found);
  }

  private IllegalStateException damaged(String what) {
    return new IllegalStateException(
        file + ": must be a safetensors file of float32 tensors without gaps, got " + what);
  }

  /** The tensors in the file's order. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** Elements of all tensors. */
  public long size() {
    return tensors.stream().mapToLong(Tensor::size).sum();
  }

  /**
   * Reads a run of elements of the data section.
   *
   * @param offset the first one
   * @param target where they go
   * @param from the first element in {@code target}
   * @param length how many
   */
  public void read(long offset, float[] target, int from, int length) {
    try {
      read(dataStart + 4 * offset, 4 * length).asFloatBuffer().get(target, from, length);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** The SHA-256 of the data section, in hexadecimal. */
  public String weightsSha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long end = channel.size();
      for (long at = dataStart; at < end; at += BUFFER_BYTES) {
        digest.update(read(at, (int) Math.min(BUFFER_BYTES, end - at)));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private ByteBuffer read(long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw damaged("only " + channel.size() + " bytes");
      }
    }
    return buffer.flip();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}
