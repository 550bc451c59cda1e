package io.lockstep.worker.engine.kernel;

/**
 * A run of numbers of one element type, float32 or float64, made by a {@link Kernel} and understood
 * by kernels of that kind only. The two bulk copies are how numbers come and go; {@link #get} and
 * {@link #set} are for loops over few numbers, such as the outputs of a network.
 *
 * <p>Indexes are trusted: reading or writing outside is a defect of the caller and undefined.
 */
public interface Buffer {
  /** Number of elements. */
  int length();

  /** Element {@code index}. */
  double get(int index);

  /** Sets element {@code index}, rounded to the element type. */
  void set(int index, double value);

  /**
   * Copies out elements, rounded to float where they are wider.
   *
   * @param offset the first element of this buffer
   * @param target receives them from {@code at} on
   */
  void read(int offset, float[] target, int at, int length);

  /**
   * Copies out elements in double, exactly.
   *
   * @param offset the first element of this buffer
   * @param target receives them from 0 on
   */
  default void read(int offset, double[] target, int length) {
    for (int i = 0; i < length; i++) {
      target[i] = get(offset + i);
    }
  }

  /**
   * Copies in elements, rounded to the element type.
   *
   * @param offset the first element of this buffer
   * @param source holds them from 0 on; not modified
   */
  default void write(int offset, double[] source, int length) {
    for (int i = 0; i < length; i++) {
      set(offset + i, source[i]);
    }
  }

  /**
   * Copies in elements.
   *
   * @param offset the first element of this buffer
   * @param source holds them from {@code at} on; not modified
   */
  void write(int offset, float[] source, int at, int length);

  /**
   * Elements {@code [offset, offset + length)} as a buffer of their own that shares this one's
   * memory: what one writes the other reads.
   */
  Buffer view(int offset, int length);
}
