package io.lockstep.driver.spark.source;

import java.io.Serializable;
import org.apache.spark.Partition;

/**
 * A part of a file: the rows that begin at {@code from} or behind it and before {@code to}. What is
 * counted, bytes or rows, is for the format to say.
 */
final class FilePart implements Partition, Serializable {
  private static final long serialVersionUID = 1L;
  private final int index;
  private final String file;
  private final long from;
  private final long to;

  FilePart(int index, String file, long from, long to) {
    this.index = index;
    this.file = file;
    this.from = from;
    this.to = to;
  }

  @Override
  public int index() {
    return index;
  }

  String file() {
    return file;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FilePart part && part.index == index;
  }

  @Override
  public int hashCode() {
    return index;
  }
}
