package io.lockstep.common.data;

import java.io.Serializable;

/**
 * What distinguishes a stream's rows from any others: a recomputation or a resume must find the
 * same.
 *
 * @param count how many rows
 * @param checksum the first 64 bits of the SHA-256 of all rows in order
 */
public record StreamSummary(long count, long checksum) implements Serializable {
  /** {@code 7500 rows (checksum 00c0ffee...)}. */
  @Override
  public String toString() {
    return count + (count == 1 ? " row" : " rows") + " (checksum " + hex() + ")";
  }

  private String hex() {
    return String.format("%016x", checksum);
  }
}
