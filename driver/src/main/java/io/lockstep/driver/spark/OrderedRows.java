package io.lockstep.driver.spark;

import io.lockstep.common.data.DataException;
import io.lockstep.driver.spark.source.LabelReader;
import io.lockstep.driver.spark.source.Parsed;
import io.lockstep.driver.spark.source.Table;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/** The rows of a source in their total order, in partitions by the top bits of their hashes. */
final class OrderedRows {
  private final JavaRDD<byte[]> keys;
  private final long[] offsets;
  private final List<String> notices;

  private OrderedRows(JavaRDD<byte[]> keys, long[] offsets, List<String> notices) {
    this.keys = keys;
    this.offsets = offsets;
    this.notices = notices;
  }

  /**
   * Reads, sorts and counts.
   *
   * @param parts into how many parts the source is cut; 0 leaves it to the source
   * @throws DataException for a refused row, where the source does not skip those, for a broken
   *     file, and where no row is left
   */
  static OrderedRows of(SparkContext spark, Table table, LabelReader labels, long seed, int parts) {
    RDD<Parsed> parsed = table.rows(spark, labels, parts);
    int partitions = Math.max(parsed.getNumPartitions(), spark.defaultParallelism());
    RowOrder order = new RowOrder(seed);
    JavaPairRDD<byte[], byte[]> pairs =
        new JavaRDD<>(parsed, ClassTag$.MODULE$.<Parsed>apply(Parsed.class))
            .mapPartitionsToPair(rows -> keys(order.new Keys(), rows));
    // Refused rows go to a partition of their own, the last.
    RDD<Tuple2<byte[], byte[]>> sorted =
        SortedShuffle.sort(
            pairs,
            partitions + 1,
            key -> RowOrder.isRow(key) ? RowOrder.partition(key, partitions) : partitions);
    JavaRDD<byte[]> keys = new JavaRDD<>(sorted, sorted.elementClassTag()).map(Tuple2::_1);
    return checked(table, keys, counts(keys, partitions), partitions);
  }

  private static Iterator<Tuple2<byte[], byte[]>> keys(RowOrder.Keys keys, Iterator<Parsed> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Tuple2<byte[], byte[]> next() {
        return new Tuple2<>(keys.key(rows.next()), SortedShuffle.NOTHING);
      }
    };
  }

  /** What a partition holds: how many keys, the first refused row and the first broken file. */
  private static final class Count implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    private long keys;
    private byte[] bad = SortedShuffle.NOTHING;
    private byte[] broken = SortedShuffle.NOTHING;
  }

  private static List<Count> counts(JavaRDD<byte[]> keys, int partitions) {
    return keys.mapPartitionsWithIndex(
            (p, partition) -> List.of(count(partition, p == partitions)).iterator(), true)
        .collect();
  }

  private static Count count(Iterator<byte[]> keys, boolean refused) {
    Count count = new Count();
    while (keys.hasNext()) {
      byte[] key = keys.next();
      count.keys++;
      if (refused && RowOrder.isBad(key) && count.bad.length == 0) {
        count.bad = key;
      } else if (refused && !RowOrder.isBad(key) && count.broken.length == 0) {
        count.broken = key;
      }
    }
    return count;
  }

  private static OrderedRows checked(
      Table table, JavaRDD<byte[]> keys, List<Count> counts, int partitions) {
    Count refused = counts.get(partitions);
    if (refused.broken.length > 0) {
      Parsed.Broken broken = (Parsed.Broken) RowOrder.refusal(refused.broken);
      throw new DataException(broken.message());
    }
    String first = "";
    if (refused.keys > 0) {
      Parsed.Bad bad = (Parsed.Bad) RowOrder.refusal(refused.bad);
      first = table.place(bad) + ": " + bad.reason();
      if (!table.skipsBadRows()) {
        throw new DataException(first + "; " + table.wayOut());
      }
    }
    long[] offsets = new long[partitions + 1];
    for (int p = 0; p < partitions; p++) {
      offsets[p + 1] = offsets[p] + counts.get(p).keys;
    }
    if (offsets[partitions] == 0) {
      throw new DataException(
          table.name()
              + " must have at least one row, got none"
              + (first.isEmpty() ? "" : "; " + skipped(refused.keys, first)));
    }
    return new OrderedRows(
        keys,
        offsets,
        first.isEmpty() ? List.of() : List.of(table.name() + ": " + skipped(refused.keys, first)));
  }

  private static String skipped(long rows, String first) {
    return rows + (rows == 1 ? " row was" : " rows were") + " left out, the first: " + first;
  }

  /** How many rows there are. */
  long count() {
    return offsets[offsets.length - 1];
  }

  /** What the user should know: rows that were left out. */
  List<String> notices() {
    return notices;
  }

  /**
   * Deals a range of ranks: row r of the range to stream r mod M, where the rows are in the order
   * of their ranks.
   *
   * @param from the first rank
   * @param to one more than the last
   * @param streams M
   */
  RDD<byte[]> deal(long from, long to, int streams) {
    long[] starts = offsets;
    JavaPairRDD<byte[], byte[]> ranked =
        keys.mapPartitionsWithIndex(
                (p, partition) -> new Ranks(partition, p, starts, from, to), false)
            .mapToPair(pair -> pair);
    return SortedShuffle.values(
        SortedShuffle.sort(ranked, streams, key -> (int) (Ranks.rank(key) % streams)));
  }
}
