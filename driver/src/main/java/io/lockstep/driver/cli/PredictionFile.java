package io.lockstep.driver.cli;

import io.lockstep.common.config.LabelsSection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Predictions as CSV: {@code row,prediction,p0,p1,...}. For classes the prediction is the name of
 * the most probable one, the first of equals, or its number where classes have no names; one output
 * means the probability of class 1 of two. For regression there is the value alone, or the first of
 * several with all of them behind it. The file gets its name when it is complete.
 */
final class PredictionFile implements AutoCloseable {
  private final Path file;
  private final Path aside;
  private final Writer writer;
  private final LabelsSection labels;
  private final int outputs;
  private long rows;

  private PredictionFile(Path file, LabelsSection labels, int outputs) throws IOException {
    this.file = file;
    this.aside = file.resolveSibling(file.getFileName() + ".part");
    this.labels = labels;
    this.outputs = outputs;
    this.writer = Files.newBufferedWriter(aside, StandardCharsets.UTF_8);
    StringBuilder header = new StringBuilder("row,prediction");
    for (int k = 0; k < probabilities(); k++) {
      header.append(",p").append(k);
    }
    writer.write(header.append('\n').toString());
  }

  /** Begins a file. */
  static PredictionFile create(Path file, LabelsSection labels, int outputs) throws IOException {
    return new PredictionFile(file, labels, outputs);
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
    StringBuilder line = new StringBuilder().append(row).append(',');
    if (!labels.classified()) {
      line.append(values[from]);
      for (int k = 0; k < probabilities(); k++) {
        line.append(',').append(values[from + k]);
      }
    } else {
      float[] p = outputs == 1 ? new float[] {1 - values[from], values[from]} : values;
      int at = outputs == 1 ? 0 : from;
      line.append(quoted(name(largest(p, at))));
      for (int k = 0; k < probabilities(); k++) {
        line.append(',').append(p[at + k]);
      }
    }
    try {
      writer.write(line.append('\n').toString());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + aside, e);
    }
    rows++;
  }

  private int largest(float[] p, int from) {
    int largest = 0;
    for (int k = 1; k < probabilities(); k++) {
      if (p[from + k] > p[from + largest]) {
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
