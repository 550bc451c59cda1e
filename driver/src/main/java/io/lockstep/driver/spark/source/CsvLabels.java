package io.lockstep.driver.spark.source;

import org.jspecify.annotations.Nullable;

/** The labels of the rows that are otherwise as they should be, as they are written. */
final class CsvLabels extends ReadAhead<String> {
  private final CsvRows rows;

  CsvLabels(CsvRows rows) {
    this.rows = rows;
  }

  @Override
  @Nullable String read() {
    Parsed row = rows.read();
    while (row != null && !(row instanceof Parsed.Row)) {
      row = rows.read();
    }
    return row == null ? null : rows.labelText();
  }

  @Override
  public void close() {
    rows.close();
  }
}
