package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import java.util.StringTokenizer;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The rows of a part of a LIBSVM file. What stands behind a {@code #} is no part of a line. */
final class LibsvmRows extends LineRows {
  private static final int MOST_DIGITS = 9;

  private final LabelReader labels;
  private String labelText = "";
  private int index;

  LibsvmRows(
      InputFile file,
      ExampleForm form,
      LabelReader labels,
      Configuration hadoop,
      long from,
      long to) {
    super(file, form, hadoop, from, to);
    this.labels = labels;
  }

  private static String written(String line) {
    int comment = line.indexOf('#');
    return comment < 0 ? line : line.substring(0, comment);
  }

  @Override
  boolean isRow(String line) {
    return !written(line).isBlank();
  }

  /** Where labels are not read, there need not be one. */
  @Override
  Parsed row(String line) {
    byte[] content = new byte[form.bytes()];
    StringTokenizer entries = new StringTokenizer(written(line), " \t");
    String entry = entries.nextToken();
    labelText = entry.indexOf(':') < 0 ? entry : "";
    for (int k = 0; k < form.labels(); k++) {
      String refusal = label(content, k, "", labels);
      if (refusal != null) {
        return bad(refusal);
      }
    }
    index = 0;
    String refusal = labelText.isEmpty() ? feature(entry, content) : null;
    while (refusal == null && entries.hasMoreTokens()) {
      refusal = feature(entries.nextToken(), content);
    }
    return refusal == null ? new Parsed.Row(content) : bad(refusal);
  }

  /** Puts one entry, {@code index:value}, into the row; why not, where it is refused. */
  private @Nullable String feature(String entry, byte[] content) {
    int colon = entry.indexOf(':');
    int next = colon < 0 ? -1 : wholeNumber(entry.substring(0, colon));
    if (next < 1) {
      return "an entry must be index:value, indices from 1, got '" + entry + "'";
    }
    if (next > form.features()) {
      return "an index must be at most the number of features that the model takes ("
          + form.features()
          + "), got '"
          + entry
          + "'";
    }
    if (next <= index) {
      return "indices must ascend, got '" + entry + "' after " + index;
    }
    float value = Numbers.parse(entry.substring(colon + 1));
    if (Float.isNaN(value)) {
      return "feature " + next + " must be a finite number, got '" + entry + "'";
    }
    index = next;
    form.feature(content, next - 1, value);
    return null;
  }

  private static int wholeNumber(String digits) {
    boolean whole =
        !digits.isEmpty()
            && digits.length() <= MOST_DIGITS
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return whole ? Integer.parseInt(digits) : -1;
  }

  @Override
  String labelText(int k) {
    return labelText;
  }
}
