package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a part of a text file: those whose line begins at byte {@code from} or behind it and
 * before {@code to}. Empty lines are no rows. The position of a row is its line's byte offset.
 */
abstract class LineRows extends ReadAhead<Parsed> {
  final ExampleForm form;
  private final InputFile file;
  private final LineReader lines;
  private final long to;
  private boolean ended;

  LineRows(InputFile file, ExampleForm form, Configuration hadoop, long from, long to) {
    this.file = file;
    this.form = form;
    this.to = to;
    try {
      // From one byte before: where that is a line feed, a line begins at `from`.
      lines = new LineReader(file.open(hadoop, Math.max(0, from - 1)), Math.max(0, from - 1));
      if (from > 0) {
        lines.next();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file.shown() + ": cannot be opened", e);
    }
  }

  /** A line that is not empty. */
  abstract Parsed row(String line);

  /** Number {@code k} of the label of the row that was read last, as it is written. */
  abstract String labelText(int k);

  /** Whether the line is a row. */
  boolean isRow(String line) {
    return !line.isBlank();
  }

  /** The first line of the file, for those that begin with one that is no row. */
  final String header() {
    try {
      return java.util.Objects.requireNonNullElse(lines.next(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(file.shown() + ": cannot be read", e);
    }
  }

  @Override
  @Nullable Parsed read() {
    if (ended) {
      return null;
    }
    try {
      while (lines.offset() < to) {
        String line = lines.next();
        if (line == null) {
          return null;
        }
        if (isRow(line)) {
          return row(line);
        }
      }
      return null;
    } catch (IOException e) {
      return broken("cannot be read beyond byte " + lines.offset() + ": " + e.getMessage());
    }
  }

  /** Puts the label in number {@code k} of its numbers; why not, where it is refused. */
  final @Nullable String label(byte[] content, int k, String name, LabelReader labels) {
    String text = labelText(k);
    if (text.isEmpty()) {
      return "the label" + name + " is missing";
    }
    float label = labels.read(text);
    if (Float.isNaN(label)) {
      return "the label" + name + " " + labels.refusal(text);
    }
    form.label(content, k, label);
    return null;
  }

  final Parsed bad(String reason) {
    return new Parsed.Bad(file.path(), lines.lineOffset(), reason);
  }

  final Parsed broken(String reason) {
    ended = true;
    return new Parsed.Broken(file.path(), reason);
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(file.shown() + ": cannot be closed", e);
    }
  }
}
