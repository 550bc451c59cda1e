package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import java.io.Serializable;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of features, label, file and row number.
 *
 * @param features the columns of the features
 * @param label the label's column; empty where it is not read
 * @param form of the row to make
 * @param array whether one column holds all features
 * @param labels how labels are read
 */
record ParquetRowReader(
    List<String> features, String label, ExampleForm form, boolean array, LabelReader labels)
    implements Serializable {

  Parsed parse(Row row) {
    byte[] content = new byte[form.bytes()];
    String reason = array ? readArray(row, content) : readColumns(row, content);
    if (reason == null && !label.isEmpty()) {
      reason = readLabel(row, content);
    }
    return reason == null ? new Parsed.Row(content) : bad(row, reason);
  }

  private @Nullable String readColumns(Row row, byte[] content) {
    for (int j = 0; j < features.size(); j++) {
      float value = number(row.get(j));
      if (Float.isNaN(value)) {
        return "column '" + features.get(j) + "' must be a finite number, got '" + row.get(j) + "'";
      }
      form.feature(content, j, value);
    }
    return null;
  }

  private @Nullable String readArray(Row row, byte[] content) {
    if (row.isNullAt(0)) {
      return "column '" + features.get(0) + "' must be an array of numbers, got 'null'";
    }
    List<?> values = ParquetTable.vector(row.get(0));
    if (values.size() != form.features()) {
      return "column '"
          + features.get(0)
          + "' must hold "
          + form.features()
          + " numbers, got "
          + values.size();
    }
    for (int j = 0; j < values.size(); j++) {
      float value = number(values.get(j));
      if (Float.isNaN(value)) {
        return "column '"
            + features.get(0)
            + "', element "
            + j
            + ", must be a finite number, got '"
            + values.get(j)
            + "'";
      }
      form.feature(content, j, value);
    }
    return null;
  }

  private @Nullable String readLabel(Row row, byte[] content) {
    Object value = row.get(features.size());
    if (value == null || value.equals("")) {
      return "the label '" + label + "' is missing";
    }
    float read = value instanceof String text ? labels.read(text) : labels.read(doubleOf(value));
    if (Float.isNaN(read)) {
      return "the label '" + label + "' " + labels.refusal(value.toString());
    }
    form.label(content, read);
    return null;
  }

  /** The label as it is written. */
  String labelText(Row row) {
    return row.getString(features.size());
  }

  private static float number(@Nullable Object value) {
    float read = value == null ? Float.NaN : (float) doubleOf(value);
    return Float.isInfinite(read) ? Float.NaN : read;
  }

  private static double doubleOf(Object value) {
    return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).doubleValue();
  }

  private Parsed bad(Row row, String reason) {
    int place = features.size() + (label.isEmpty() ? 0 : 1);
    String file = new Path(java.net.URI.create(row.getString(place))).toString();
    return new Parsed.Bad(file, row.getLong(place + 1) + 1, reason);
  }
}
