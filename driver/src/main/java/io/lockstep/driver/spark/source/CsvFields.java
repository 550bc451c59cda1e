package io.lockstep.driver.spark.source;

import java.util.Arrays;

/**
 * The fields of a line (RFC 4180): separated by a delimiter, blanks around them dropped; in double
 * quotes a field may hold delimiters, and a quote is written twice. A field does not go over lines.
 */
final class CsvFields {
  private final char delimiter;
  private String[] fields = new String[16];
  private int count;

  CsvFields(char delimiter) {
    this.delimiter = delimiter;
  }

  /** Splits a line; false where a quote is not closed in it. */
  boolean split(String line) {
    count = 0;
    int from = 0;
    while (from <= line.length()) {
      int start = from;
      while (start < line.length() && line.charAt(start) == ' ') {
        start++;
      }
      if (start < line.length() && line.charAt(start) == '"') {
        from = quoted(line, start);
        if (from < 0) {
          return false;
        }
      } else {
        int to = line.indexOf(delimiter, from);
        to = to < 0 ? line.length() : to;
        add(line.substring(from, to).strip());
        from = to + 1;
      }
    }
    return true;
  }

  /** Adds a quoted field; where the next one begins, or -1 where the quote is not closed. */
  private int quoted(String line, int quote) {
    StringBuilder text = new StringBuilder();
    int from = quote + 1;
    while (true) {
      int close = line.indexOf('"', from);
      if (close < 0) {
        return -1;
      }
      text.append(line, from, close);
      if (close + 1 < line.length() && line.charAt(close + 1) == '"') {
        text.append('"');
        from = close + 2;
        continue;
      }
      int to = line.indexOf(delimiter, close);
      to = to < 0 ? line.length() : to;
      add(text + line.substring(close + 1, to).strip());
      return to + 1;
    }
  }

  private void add(String field) {
    if (count == fields.length) {
      fields = Arrays.copyOf(fields, 2 * count);
    }
    fields[count++] = field;
  }

  /** How many fields the line has; an empty line has one. */
  int count() {
    return count;
  }

  /** Field {@code i} of the line. */
  String get(int i) {
    return fields[i];
  }
}
