package io.lockstep.driver.spark.source;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The rows of a part of a CSV file, whose first line names the columns. */
final class CsvRows extends LineRows {
  private final Columns columns;
  private final int[] features;
  private final LabelReader labels;
  private final CsvFields fields;
  private @Nullable String header;

  CsvRows(
      InputFile file,
      Columns columns,
      char delimiter,
      LabelReader labels,
      Configuration hadoop,
      long from,
      long to) {
    super(file, columns.form(), hadoop, from, to);
    this.columns = columns;
    this.labels = labels;
    this.features = columns.features().stream().mapToInt(Integer::intValue).toArray();
    this.fields = new CsvFields(delimiter);
    this.header = from == 0 ? header() : null;
  }

  @Override
  @Nullable Parsed read() {
    if (header != null && !hasColumns(header)) {
      String found = header;
      header = null;
      return broken(
          "must have the columns " + String.join(", ", columns.names()) + ", got '" + found + "'");
    }
    header = null;
    return super.read();
  }

  private boolean hasColumns(String line) {
    return fields.split(line) && columnsOf(fields).equals(columns.names());
  }

  static List<String> columnsOf(CsvFields header) {
    return IntStream.range(0, header.count()).mapToObj(header::get).toList();
  }

  @Override
  Parsed row(String line) {
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
      String refusal = label(content, k, " '" + name + "'", labels);
      if (refusal != null) {
        return bad(refusal);
      }
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

  @Override
  String labelText(int k) {
    return fields.get(columns.labels().get(k));
  }
}
