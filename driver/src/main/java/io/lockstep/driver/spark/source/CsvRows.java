package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a part of a CSV file: those whose line begins at byte {@code from} or behind it and
 * before {@code to}. Empty lines are no rows. The position of a row is its line's byte offset.
 */
final class CsvRows extends ReadAhead<Parsed> {
  private final InputFile file;
  private final Columns columns;
  private final int[] features;
  private final LabelReader labels;
  private final ExampleForm form;
  private final LineReader lines;
  private final CsvFields fields;
  private final long to;
  private boolean ended;
  private @Nullable String header;

  CsvRows(
      InputFile file,
      Columns columns,
      char delimiter,
      LabelReader labels,
      Configuration hadoop,
      long from,
      long to) {
    this.file = file;
    this.columns = columns;
    this.labels = labels;
    this.features = columns.features().stream().mapToInt(Integer::intValue).toArray();
    this.form = columns.form();
    this.fields = new CsvFields(delimiter);
    this.to = to;
    try {
      // From one byte before: where that is a line feed, a line begins at `from`.
      lines = new LineReader(file.open(hadoop, Math.max(0, from - 1)), Math.max(0, from - 1));
      header = from == 0 ? java.util.Objects.requireNonNullElse(lines.next(), "") : null;
      if (from > 0) {
        lines.next();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file.shown() + ": cannot be opened", e);
    }
  }

  @Override
  @Nullable Parsed read() {
    if (ended) {
      return null;
    }
    try {
      if (header != null && !hasColumns(header)) {
        return broken(
            "must have the columns "
                + String.join(", ", columns.names())
                + ", got '"
                + header
                + "'");
      }
      header = null;
      while (lines.offset() < to) {
        String line = lines.next();
        if (line == null) {
          return null;
        }
        if (!line.isBlank()) {
          return row(line);
        }
      }
      return null;
    } catch (IOException e) {
      return broken("cannot be read beyond byte " + lines.offset() + ": " + e.getMessage());
    }
  }

  private boolean hasColumns(String line) {
    return fields.split(line) && columnsOf(fields).equals(columns.names());
  }

  static List<String> columnsOf(CsvFields header) {
    return java.util.stream.IntStream.range(0, header.count()).mapToObj(header::get).toList();
  }

  private Parsed row(String line) {
    if (!fields.split(line)) {
      return bad("a quote must be closed in its line");
    }
    if (fields.count() != columns.names().size()) {
      return bad(
          "a row must have "
              + columns.names().size()
              + " fields, as its header has, got "
              + fields.count());
    }
    byte[] content = new byte[form.bytes()];
    for (int j = 0; j < features.length; j++) {
      int column = features[j];
      float value = Numbers.parse(fields.get(column));
      if (Float.isNaN(value)) {
        return bad(
            "column '"
                + columns.names().get(column)
                + "' must be a finite number, got '"
                + fields.get(column)
                + "'");
      }
      form.feature(content, j, value);
    }
    for (int k = 0; k < form.labels(); k++) {
      String name = columns.names().get(columns.labels().get(k));
      String text = labelText(k);
      if (text.isEmpty()) {
        return bad("the label '" + name + "' is missing");
      }
      float label = labels.read(text);
      if (Float.isNaN(label)) {
        return bad("the label '" + name + "' " + labels.refusal(text));
      }
      form.label(content, k, label);
    }
    return form.weighted() ? weighted(content) : new Parsed.Row(content);
  }

  private Parsed weighted(byte[] content) {
    String text = fields.get(columns.weight());
    float weight = Numbers.parse(text);
    if (!(weight >= 0)) {
      return bad(SourceKeys.weightRefusal(columns.names().get(columns.weight()), text));
    }
    form.weight(content, Math.abs(weight));
    return new Parsed.Row(content);
  }

  /** Number {@code k} of the label of the row that was read last, as it is written. */
  String labelText(int k) {
    return fields.get(columns.labels().get(k));
  }

  /** How many numbers a label has. */
  int labelNumbers() {
    return form.labels();
  }

  private Parsed bad(String reason) {
    return new Parsed.Bad(file.path(), lines.lineOffset(), reason);
  }

  private Parsed broken(String reason) {
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
