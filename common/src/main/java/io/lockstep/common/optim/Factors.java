package io.lockstep.common.optim;

import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.TensorSpec;

/**
 * How a chunk lies in the matrices of a tensor [..., rows, columns], and where the statistics of
 * rows and columns are. Every row's average has one owner, the chunk that holds the row's first
 * element; a column's owner is the chunk that holds its element of the matrix's first row. So each
 * average is kept once, by a chunk, whoever has the chunk.
 *
 * @param rows of a matrix
 * @param columns of a matrix
 * @param matrices of the tensor
 */
record Factors(int rows, int columns, int matrices) {
  /** The matrices of a tensor with at least two extents. */
  static Factors of(TensorSpec tensor) {
    int rank = tensor.shape().size();
    int rows = tensor.shape().get(rank - 2);
    int columns = tensor.shape().get(rank - 1);
    return new Factors(rows, columns, tensor.size() / rows / columns);
  }

  /** Whether every chunk holds whole matrices, so that no statistic needs another chunk. */
  boolean isLocal(int chunkElements) {
    return (long) rows * columns <= chunkElements;
  }

  /** Whether rows are longer than a chunk, so that their sums need several chunks. */
  boolean splitsRows(int chunkElements) {
    return columns > chunkElements;
  }

  /** Rows whose first element the chunk holds: those whose averages it keeps. */
  int ownRows(Chunk chunk) {
    int own = 0;
    for (Runs runs = runs(chunk); runs.next(); ) {
      own += runs.column() == 0 ? runs.rows() : 0;
    }
    return own;
  }

  /** Elements of matrices' first rows that the chunk holds: columns whose averages it keeps. */
  int ownColumns(Chunk chunk) {
    int own = 0;
    for (Runs runs = runs(chunk); runs.next(); ) {
      own += runs.row() == 0 ? runs.width() : 0;
    }
    return own;
  }

  /** The chunk's runs, to be walked through from the first. */
  Runs runs(Chunk chunk) {
    return new Runs(this, chunk);
  }

  /**
   * The parts of a chunk, one after another: whole rows of one matrix, or a part of one row. {@link
   * #next} goes to the first and to each one after.
   */
  static final class Runs {
    private final Factors factors;
    private final int tensorOffset;
    private final int length;
    private int at;
    private int end;
    private int matrix;
    private int row;
    private int rows;
    private int column;
    private int width;

    private Runs(Factors factors, Chunk chunk) {
      this.factors = factors;
      this.tensorOffset = chunk.tensorOffset();
      this.length = chunk.length();
    }

    /** Goes on; false behind the last. */
    boolean next() {
      at = end;
      if (at == length) {
        return false;
      }
      int first = tensorOffset + at;
      matrix = first / factors.columns / factors.rows;
      row = first / factors.columns % factors.rows;
      column = first % factors.columns;
      width = Math.min(factors.columns - column, length - at);
      rows = isSplit() ? 1 : Math.min(factors.rows - row, (length - at) / factors.columns);
      end = at + rows * width;
      return true;
    }

    /** Whether it is a part of one row. */
    boolean isSplit() {
      return width < factors.columns;
    }

    /** Its first element, within the chunk. */
    int at() {
      return at;
    }

    /** Its matrix. */
    int matrix() {
      return matrix;
    }

    /** Its first row, within the matrix. */
    int row() {
      return row;
    }

    /** How many rows. */
    int rows() {
      return rows;
    }

    /** Its first column. */
    int column() {
      return column;
    }

    /** How many columns: all of them, unless it is a part of a row. */
    int width() {
      return width;
    }
  }
}
