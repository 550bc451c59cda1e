package io.lockstep.driver.spark.source;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of files one after another, one of them open at a time. */
final class FilesInOrder extends ReadAhead<Parsed> {
  /** Opens a file. */
  interface Opening {
    /** Its rows. */
    Rows<Parsed> open();
  }

  private final Iterator<Opening> files;
  private @Nullable Rows<Parsed> rows;

  FilesInOrder(List<Opening> files) {
    this.files = files.iterator();
  }

  @Override
  @Nullable Parsed read() {
    while (true) {
      if (rows == null) {
        if (!files.hasNext()) {
          return null;
        }
        rows = files.next().open();
      }
      if (rows.hasNext()) {
        return rows.next();
      }
      close();
    }
  }

  @Override
  public void close() {
    if (rows != null) {
      rows.close();
      rows = null;
    }
  }
}
