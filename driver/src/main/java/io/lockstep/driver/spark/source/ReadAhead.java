package io.lockstep.driver.spark.source;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Rows by reading one ahead, for files that do not say how many there are. */
abstract class ReadAhead<T> implements Rows<T> {
  private @Nullable T next;
  private boolean ended;

  /** The next row; null at the end, after which it is not called again. */
  abstract @Nullable T read();

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = read();
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public T next() {
    T row = hasNext() ? next : null;
    if (row == null) {
      throw new NoSuchElementException();
    }
    next = null;
    return row;
  }
}
