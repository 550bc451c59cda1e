package io.lockstep.driver.spark;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;

/** Gives the rows of one sorted partition their ranks, and keeps those of a range. */
final class Ranks implements Iterator<Tuple2<byte[], byte[]>> {
  private final Iterator<byte[]> keys;
  private final long from;
  private final long to;
  private long rank;

  /**
   * Ranks of a partition.
   *
   * @param keys its keys, in order
   * @param partition its number
   * @param offsets the rank at which each partition begins, and behind them the number of all rows;
   *     a partition beyond holds refused rows
   * @param from the first rank that is kept, which becomes 0
   * @param to one more than the last
   */
  Ranks(Iterator<byte[]> keys, int partition, long[] offsets, long from, long to) {
    boolean refused = partition == offsets.length - 1;
    this.keys = keys;
    this.from = from;
    this.to = refused ? 0 : to;
    this.rank = offsets[partition];
    while (rank < from && rank < this.to && keys.hasNext()) {
      keys.next();
      rank++;
    }
  }

  @Override
  public boolean hasNext() {
    return rank >= from && rank < to && keys.hasNext();
  }

  @Override
  public Tuple2<byte[], byte[]> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    byte[] position = ByteBuffer.allocate(Long.BYTES).putLong(rank - from).array();
    rank++;
    return new Tuple2<>(position, RowOrder.content(keys.next()));
  }

  static long rank(byte[] position) {
    return ByteBuffer.wrap(position).getLong();
  }
}
