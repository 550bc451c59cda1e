package io.lockstep.driver.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file with one JSON object a line, each with its {@code step}, in ascending order. Lines are
 * handed to the file at once, so that a killed process loses none; a line that was only half
 * written is left out when the file is read or cut back.
 */
final class JsonLines implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private @Nullable BufferedWriter writer;

  JsonLines(Path file) {
    this.file = file;
  }

  /** Appends one object. */
  void append(Map<String, ? extends @Nullable Object> object) {
    try {
      BufferedWriter out = writer();
      out.write(JSON.writeValueAsString(object));
      out.write('\n');
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Removes every object after a step; one line is held at a time. */
  void cutBack(long step) {
    close();
    if (!Files.exists(file)) {
      return;
    }
    try {
      Path aside = file.resolveSibling(file.getFileName() + ".part");
      try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
          BufferedWriter out = Files.newBufferedWriter(aside, StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          JsonNode object = parse(line);
          if (object == null || object.path("step").asLong() > step) {
            break;
          }
          out.write(line);
          out.write('\n');
        }
      }
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The whole lines of a file; none where there is no file. */
  static List<JsonNode> read(Path file) {
    List<JsonNode> objects = new ArrayList<>();
    if (!Files.exists(file)) {
      return objects;
    }
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        JsonNode object = parse(line);
        if (object == null) {
          break;
        }
        objects.add(object);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    return objects;
  }

  /**
   * The mean of a number over the objects that agree with the last one in another, in the file's
   * order; one line is held at a time.
   *
   * @return NaN where there is no object
   */
  double meanOfLast(String field, String agreeingIn) {
    double sum = 0;
    long count = 0;
    @Nullable JsonNode group = null;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode object = parse(line);
        if (object == null) {
          break;
        }
        if (!object.path(agreeingIn).equals(group)) {
          group = object.path(agreeingIn);
          sum = 0;
          count = 0;
        }
        sum += object.path(field).asDouble();
        count++;
      }
    } catch (NoSuchFileException e) {
      return Double.NaN;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    return sum / count;
  }

  /** How many objects have a flag set; one line is held at a time. */
  long count(String flag) {
    long count = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode object = parse(line);
        if (object == null) {
          break;
        }
        count += object.path(flag).asBoolean() ? 1 : 0;
      }
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    return count;
  }

  private static @Nullable JsonNode parse(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      return node.isObject() ? node : null;
    } catch (JsonProcessingException halfWritten) {
      return null;
    }
  }

  private BufferedWriter writer() throws IOException {
    BufferedWriter present = writer;
    if (present == null) {
      present =
          Files.newBufferedWriter(
              file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      writer = present;
    }
    return present;
  }

  @Override
  public void close() {
    BufferedWriter present = writer;
    writer = null;
    if (present != null) {
      try {
        present.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
    }
  }
}
