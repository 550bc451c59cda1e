package io.lockstep.common.random;

/**
 * Random numbers from counters: element i of a stream is a function of the stream's key and i, by
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * Nothing is carried along, so any element can be computed anywhere, in any order.
 *
 * <p>A stream is keyed by (seed, purpose, layer or tensor, step or epoch, stream of data); two keys
 * that differ in any part give streams that have nothing to do with one another.
 */
public final class RandomStream {
  private static final int M0 = 0xD2511F53;
  private static final int M1 = 0xCD9E8D57;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final float TO_UNIT_FLOAT = 0x1.0p-24f;
  private static final double TO_UNIT_DOUBLE = 0x1.0p-53;

  private final int key0;
  private final int key1;
  private final int high0;
  private final int high1;

  private RandomStream(long key, long high) {
    this.key0 = (int) key;
    this.key1 = (int) (key >>> 32);
    this.high0 = (int) high;
    this.high1 = (int) (high >>> 32);
  }

  /**
   * The stream of one key.
   *
   * @param seed the run's seed
   * @param purpose what the numbers are for
   * @param id the layer or tensor, by a number that the configuration fixes
   * @param time the step or epoch
   * @param stream the stream of data, or 0
   */
  public static RandomStream of(long seed, Purpose purpose, long id, long time, long stream) {
    long key = mix(mix(seed + 0x9E3779B97F4A7C15L) ^ purpose.number());
    key = mix(key ^ (id + 0x632BE59BD9B4E019L));
    long high = mix(mix(key ^ (time + 0xD1B54A32D192ED03L)) ^ (stream + 0x8CB92BA72F3D8DD7L));
    return new RandomStream(key, high);
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection that mixes all bits. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits for element i; elements 2k and 2k + 1 are two halves of one block. */
  public long bits(long i) {
    long block = i >>> 1;
    return half((int) block, (int) (block >>> 32), high0, high1, key0, key1, (i & 1) == 0);
  }

  /**
   * One half of a block of Philox4x32-10: words 0 and 1 of the four, or words 2 and 3, the lower
   * one in the lower bits.
   */
  static long half(
      int counter0, int counter1, int counter2, int counter3, int key0, int key1, boolean lower) {
    int c0 = counter0;
    int c1 = counter1;
    int c2 = counter2;
    int c3 = counter3;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < 10; round++) {
      long p0 = Integer.toUnsignedLong(M0) * Integer.toUnsignedLong(c0);
      long p1 = Integer.toUnsignedLong(M1) * Integer.toUnsignedLong(c2);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    return lower
        ? Integer.toUnsignedLong(c0) | ((long) c1 << 32)
        : Integer.toUnsignedLong(c2) | ((long) c3 << 32);
  }

  /** Element i, even in [0, 1), 24 bits. */
  public float unitFloat(long i) {
    return (float) (bits(i) >>> 40) * TO_UNIT_FLOAT;
  }

  /**
   * Elements {@code from}, {@code from + 1}, ... as {@link #unitFloat} gives them, at half the
   * price of one by one: a block of the generator holds two.
   *
   * @param target receives them from {@code at} on
   */
  public void unitFloats(long from, float[] target, int at, int length) {
    int i = 0;
    if (length > 0 && (from & 1) == 1) {
      target[at] = unitFloat(from);
      i = 1;
    }
    for (; i + 1 < length; i += 2) {
      pair((from + i) >>> 1, target, at + i);
    }
    if (i < length) {
      target[at + i] = unitFloat(from + i);
    }
  }

  /** Both elements of a block; the rounds of {@link #bits}. */
  private void pair(long block, float[] target, int at) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = high0;
    int c3 = high1;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < 10; round++) {
      long p0 = Integer.toUnsignedLong(M0) * Integer.toUnsignedLong(c0);
      long p1 = Integer.toUnsignedLong(M1) * Integer.toUnsignedLong(c2);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    target[at] = (c1 >>> 8) * TO_UNIT_FLOAT;
    target[at + 1] = (c3 >>> 8) * TO_UNIT_FLOAT;
  }

  /** Element i, even in [0, 1), 53 bits. */
  public double unit(long i) {
    return (double) (bits(i) >>> 11) * TO_UNIT_DOUBLE;
  }

  /**
   * Element i, standard normal, by Box and Muller (1958) from the bits of elements 2i and 2i + 1,
   * with {@link StrictMath}, so that all machines agree.
   */
  public double normal(long i) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1.0 - unit(2 * i)));
    return radius * StrictMath.cos(2 * Math.PI * unit(2 * i + 1));
  }

  /**
   * The permutation of 0 .. length - 1 by Fisher and Yates, from the last element down; the index
   * for position i is the high half of the product of 63 random bits and i + 1 (Lemire 2019; the
   * bias, at most 2^-32 for lengths up to 2^31, is not rejected).
   *
   * @param order receives the permutation, [n]
   */
  public void shuffle(int[] order) {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int i = order.length - 1; i > 0; i--) {
      int j = (int) Math.multiplyHigh(bits(i) >>> 1, (i + 1L) << 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }
}
