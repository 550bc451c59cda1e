package io.lockstep.driver.cli;

import io.lockstep.common.config.LabelsSection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Predictions as CSV: {@code row,prediction,p0,p1,...}. For classes the prediction is the name of
 * the most probable one, the first of equals, or its number where classes have no names; one output
 * means the probability of class 1 of two. For regression there is the value alone, or the first of
 * several with all of them behind it. Where each position of a sequence or pixel of an image has a
 * class, each has its own line: {@code row,position,prediction,p0,p1,...}. The file gets its name
 * when it is complete.
 */
final class PredictionFile implements AutoCloseable {
  private final Path file;
  private final Path aside;
  private final Writer writer;
  private final LabelsSection labels;
  private final int outputs;
  private final int positions;

  /** From one position's number to the next, and from one class's to the next. */
  private final int positionStride;

  private final int classStride;
  private long rows;

  private PredictionFile(Path file, LabelsSection labels, List<Integer> shape) throws IOException {
    this.file = file;
    this.aside = file.resolveSibling(file.getFileName() + ".part");
    this.labels = labels;
    int all = shape.stream().reduce(1, Math::multiplyExact);
    boolean image = shape.size() == 3;
    this.outputs = !labels.classified() ? all : image ? shape.get(0) : shape.get(shape.size() - 1);
    this.positions = all / outputs;
    this.positionStride = image ? 1 : outputs;
    this.classStride = image ? positions : 1;
    this.writer = Files.newBufferedWriter(aside, StandardCharsets.UTF_8);
    StringBuilder header =
        new StringBuilder(positions == 1 ? "row,prediction" : "row,position,prediction");
    for (int k = 0; k < probabilities(); k++) {
      header.append(",p").append(k);
    }
    writer.write(header.append('\n').toString());
  }

  /**
   * Begins a file.
   *
   * @param shape of what the model puts out for a row: [outputs], [length, outputs] or [outputs,
   *     height, width]
   */
  static PredictionFile create(Path file, LabelsSection labels, List<Integer> shape)
      throws IOException {
    return new PredictionFile(file, labels, shape);
  }

  private int probabilities() {
    if (!labels.classified()) {
      return outputs == 1 ? 0 : outputs;
    }
    return Math.max(2, outputs);
  }

  /**
   * Writes one row.
   *
   * @param row its number
   * @param values holds the model's outputs
   * @param from the first of them
   */
  void write(long row, float[] values, int from) {
    for (int position = 0; position < positions; position++) {
      StringBuilder line = new StringBuilder().append(row).append(',');
      if (positions > 1) {
        line.append(position).append(',');
      }
      append(line, values, from + position * positionStride);
      try {
        writer.write(line.append('\n').toString());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + aside, e);
      }
    }
    rows++;
  }

  private void append(StringBuilder line, float[] values, int from) {
    if (!labels.classified()) {
      line.append(values[from]);
      for (int k = 0; k < probabilities(); k++) {
        line.append(',').append(values[from + k]);
      }
      return;
    }
    float[] p = new float[probabilities()];
    for (int k = 0; k < outputs; k++) {
      p[k] = values[from + k * classStride];
    }
    if (outputs == 1) {
      p[1] = p[0];
      p[0] = 1 - p[1];
    }
    line.append(quoted(name(largest(p))));
    for (float probability : p) {
      line.append(',').append(probability);
    }
  }

  private static int largest(float[] p) {
    int largest = 0;
    for (int k = 1; k < p.length; k++) {
      if (p[k] > p[largest]) {
        largest = k;
      }
    }
    return largest;
  }

  private String name(int number) {
    return labels.names().isEmpty() ? Integer.toString(number) : labels.names().get(number);
  }

  private static String quoted(String text) {
    return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** How many rows were written. */
  long rows() {
    return rows;
  }

  /** Gives the complete file its name. */
  void commit() throws IOException {
    writer.close();
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Throws an uncommitted file away. */
  @Override
  public void close() throws IOException {
    writer.close();
    Files.deleteIfExists(aside);
  }
}
