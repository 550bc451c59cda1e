package io.lockstep.driver.spark.source;

import java.util.Iterator;

/**
 * Rows in the order of their file; holds the file open until it is closed.
 *
 * @param <T> what is made of a row
 */
public interface Rows<T> extends Iterator<T>, AutoCloseable {
  @Override
  void close();
}
