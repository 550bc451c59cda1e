package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of features, labels, weight, file and row number.
 *
 * @param features the columns of the features
 * @param labelColumns the columns of the labels; empty where they are not read
 * @param weight the weight's column; empty where there is none, or it is not read
 * @param form of the row to make
 * @param array whether one column holds all features
 * @param labelArray whether one column holds all labels
 * @param labels how labels are read
 */
record FrameRowReader(
    List<String> features,
    List<String> labelColumns,
    String weight,
    ExampleForm form,
    boolean array,
    boolean labelArray,
    LabelReader labels)
    implements Serializable {

  Parsed parse(Row row) {
    byte[] content = new byte[form.bytes()];
    String reason = array ? readArray(row, content) : readColumns(row, content);
    if (reason == null) {
      reason = labelArray ? readLabelArray(row, content) : readLabels(row, content);
    }
    if (reason == null && form.weighted()) {
      reason = readWeight(row, content);
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
    List<?> values = FrameTable.vector(row.get(0));
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

  private @Nullable String readLabels(Row row, byte[] content) {
    for (int k = 0; k < labelColumns.size(); k++) {
      String reason =
          readLabel("'" + labelColumns.get(k) + "'", row.get(features.size() + k), content, k);
      if (reason != null) {
        return reason;
      }
    }
    return null;
  }

  private @Nullable String readLabelArray(Row row, byte[] content) {
    String name = "'" + labelColumns.get(0) + "'";
    if (row.isNullAt(features.size())) {
      return "the label " + name + " is missing";
    }
    List<?> values = FrameTable.vector(row.get(features.size()));
    if (values.size() != form.labels()) {
      return "the label " + name + " must hold " + form.labels() + " numbers, got " + values.size();
    }
    for (int k = 0; k < values.size(); k++) {
      String reason = readLabel(name + ", element " + k + ",", values.get(k), content, k);
      if (reason != null) {
        return reason;
      }
    }
    return null;
  }

  private @Nullable String readLabel(String name, @Nullable Object value, byte[] content, int k) {
    if (value == null || value.equals("")) {
      return "the label " + name + " is missing";
    }
    float read = value instanceof String text ? labels.read(text) : labels.read(doubleOf(value));
    if (Float.isNaN(read)) {
      return "the label " + name + " " + labels.refusal(value.toString());
    }
    form.label(content, k, read);
    return null;
  }

  private @Nullable String readWeight(Row row, byte[] content) {
    Object value = row.get(place() - 1);
    float read = number(value);
    if (!(read >= 0)) {
      return SourceKeys.weightRefusal(weight, String.valueOf(value));
    }
    form.weight(content, Math.abs(read));
    return null;
  }

  /** The labels as they are written. */
  List<String> labelTexts(Row row) {
    return IntStream.range(0, labelColumns.size())
        .mapToObj(k -> row.getString(features.size() + k))
        .toList();
  }

  /** Which column holds the file's name; the one behind it the row's number. */
  int place() {
    return features.size() + labelColumns.size() + (form.weighted() ? 1 : 0);
  }

  private static float number(@Nullable Object value) {
    float read = value == null ? Float.NaN : (float) doubleOf(value);
    return Float.isInfinite(read) ? Float.NaN : read;
  }

  private static double doubleOf(Object value) {
    return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).doubleValue();
  }

  private Parsed bad(Row row, String reason) {
    String place = row.getString(place());
    if (place.isEmpty()) {
      return new Parsed.Bad("", 0, reason + ", in the row " + values(row));
    }
    String file = new Path(java.net.URI.create(place)).toString();
    return new Parsed.Bad(file, row.getLong(place() + 1) + 1, reason);
  }

  /** The values of a row that has no place. */
  private String values(Row row) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < place(); i++) {
      text.append(i == 0 ? "" : ", ").append(row.schema().fieldNames()[i]).append(" = ");
      text.append(row.get(i));
    }
    return text.append(')').toString();
  }
}
