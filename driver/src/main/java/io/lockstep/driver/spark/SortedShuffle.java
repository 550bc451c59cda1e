package io.lockstep.driver.spark;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rdd.ShuffledRDD;
import scala.Product2;
import scala.math.Ordering;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Moves byte arrays by byte-array keys and sorts each partition by key, as unsigned bytes, spilling
 * to disk where it must. The elements' true class is kept (Spark's Java interface forgets it), and
 * so Spark takes Kryo for them, whatever {@code spark.serializer} says.
 */
final class SortedShuffle {
  static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);
  static final byte[] NOTHING = {};

  private SortedShuffle() {}

  /** Says where a key goes. */
  interface Place extends Serializable {
    int of(byte[] key);
  }

  static RDD<scala.Tuple2<byte[], byte[]>> sort(
      JavaPairRDD<byte[], byte[]> pairs, int partitions, Place place) {
    @SuppressWarnings("unchecked") // a Tuple2 is a Product2; Java cannot see Scala's variance
    RDD<Product2<byte[], byte[]>> products =
        (RDD<Product2<byte[], byte[]>>) (RDD<?>) JavaPairRDD.toRDD(pairs);
    return new ShuffledRDD<byte[], byte[], byte[]>(
            products, new ByPlace(partitions, place), BYTES, BYTES, BYTES)
        .setKeyOrdering(new Unsigned());
  }

  /** The values alone, their class kept. */
  static RDD<byte[]> values(RDD<scala.Tuple2<byte[], byte[]>> pairs) {
    return new JavaRDD<>(pairs, pairs.elementClassTag())
        .map(scala.Tuple2::_2)
        .rdd()
        .mapPartitions(new Same(), true, BYTES);
  }

  /** Passes an iterator on; only the class of its elements becomes known. */
  private static final class Same
      extends scala.runtime.AbstractFunction1<
          scala.collection.Iterator<byte[]>, scala.collection.Iterator<byte[]>>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public scala.collection.Iterator<byte[]> apply(scala.collection.Iterator<byte[]> elements) {
      return elements;
    }
  }

  private static final class Unsigned implements Ordering<byte[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(byte[] left, byte[] right) {
      return Arrays.compareUnsigned(left, right);
    }
  }

  private static final class ByPlace extends Partitioner {
    private static final long serialVersionUID = 1L;
    private final int partitions;
    private final Place place;

    ByPlace(int partitions, Place place) {
      this.partitions = partitions;
      this.place = place;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return place.of((byte[]) key);
    }
  }
}
