package io.lockstep.driver.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.layout.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes float32 tensors as a safetensors file, tensors in layout order without gaps, elements as
 * they come: nothing of the model's size is held. The file gets its name when it is complete.
 *
 * <pre>
 * length   long, little-endian          of the header
 * header   JSON, padded by spaces       {"__metadata__": {..}, "name": {"dtype": "F32",
 *                                       "shape": [..], "data_offsets": [from, to]}, ..}
 * data     float32, little-endian       begins at a multiple of 8
 * </pre>
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format</a>
 */
public final class SafetensorsWriter implements AutoCloseable {
  private static final int BUFFER_ELEMENTS = 64 * 1024;

  private final Path file;
  private final Path aside;
  private final FileChannel channel;
  private final MessageDigest digest;
  private final long size;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(4 * BUFFER_ELEMENTS).order(ByteOrder.LITTLE_ENDIAN);
  private long written;
  private boolean finished;

  /**
   * Begins a file beside its place.
   *
   * @param tensors in layout order
   * @param metadata texts for whoever reads the file
   */
  public SafetensorsWriter(Path file, List<TensorSpec> tensors, Map<String, String> metadata) {
    this.file = file;
    this.aside = file.resolveSibling(file.getFileName() + ".part");
    this.size = tensors.stream().mapToLong(TensorSpec::size).sum();
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
      this.channel =
          FileChannel.open(
              aside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      writeFully(ByteBuffer.wrap(header(tensors, metadata)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + aside, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The length field and the header. */
  static byte[] header(List<TensorSpec> tensors, Map<String, String> metadata) {
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      header.put("__metadata__", metadata);
    }
    long offset = 0;
    for (TensorSpec tensor : tensors) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", "F32");
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(offset, offset + 4L * tensor.size()));
      header.put(tensor.name(), entry);
      offset += 4L * tensor.size();
    }
    byte[] json = json(header);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer bytes = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(padded).put(json);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }

  private static byte[] json(Map<String, Object> header) {
    try {
      return new ObjectMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a header of texts and numbers can be written", e);
    }
  }

  /**
   * Writes the next elements of the flat vector.
   *
   * @param values not modified
   * @param from first element in {@code values}
   * @param length how many
   */
  public void write(float[] values, int from, int length) {
    if (written + length > size) {
      throw new IllegalStateException(
          file + " must hold " + size + " elements, got " + (written + length));
    }
    try {
      for (int done = 0; done < length; done += BUFFER_ELEMENTS) {
        int part = Math.min(BUFFER_ELEMENTS, length - done);
        buffer.clear().limit(4 * part);
        buffer.asFloatBuffer().put(values, from + done, part);
        digest.update(buffer.array(), 0, 4 * part);
        writeFully(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + aside, e);
    }
    written += length;
  }

  /**
   * Gives the complete file its name.
   *
   * @return the SHA-256 of the data section, in hexadecimal
   */
  public String finish() {
    if (written != size) {
      throw new IllegalStateException(file + " must hold " + size + " elements, got " + written);
    }
    try {
      channel.force(true);
      channel.close();
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    finished = true;
    return HexFormat.of().formatHex(digest.digest());
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Throws an unfinished file away. */
  @Override
  public void close() {
    if (!finished) {
      try {
        channel.close();
        Files.deleteIfExists(aside);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot delete " + aside, e);
      }
    }
  }
}
