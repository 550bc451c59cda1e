package io.lockstep.driver.spark.source;

import org.jspecify.annotations.Nullable;

/**
 * The labels of the rows that are otherwise as they should be, as they are written: one after
 * another where a row has several.
 */
final class LineLabels extends ReadAhead<String> {
  private final LineRows rows;
  private int given;

  LineLabels(LineRows rows) {
    this.rows = rows;
  }

  @Override
  @Nullable String read() {
    if (given % rows.form.labels() == 0) {
      given = 0;
      Parsed row = rows.read();
      while (row != null && !(row instanceof Parsed.Row)) {
        row = rows.read();
      }
      if (row == null) {
        return null;
      }
    }
    return rows.labelText(given++);
  }

  @Override
  public void close() {
    rows.close();
  }
}
