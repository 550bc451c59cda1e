package io.lockstep.driver.spark.source;

/** A table without a row that could be refused: its source has no key {@code onBadRow}. */
interface SoundTable extends Table {
  @Override
  default boolean skipsBadRows() {
    return false;
  }

  @Override
  default String wayOut() {
    throw new IllegalStateException(name() + " has no bad rows");
  }

  @Override
  default String place(Parsed.Bad row) {
    throw new IllegalStateException(name() + " has no bad rows, got " + row);
  }
}
