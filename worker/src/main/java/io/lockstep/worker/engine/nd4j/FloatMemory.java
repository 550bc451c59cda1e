package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.kernel.Buffer;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Float32 numbers in an ND4J array's native memory, which BLAS reads where they lie. A buffer
 * begins at a cache line.
 */
final class FloatMemory implements Buffer, AutoCloseable {
  private static final int LINE_BYTES = 64;
  static final int BLOCK = 512;

  private final INDArray array;
  private final boolean owner;
  private final long address;
  private final FloatBuffer data;
  private final int length;
  private final float @Nullable [] block;

  private FloatMemory(
      INDArray array,
      boolean owner,
      long address,
      FloatBuffer data,
      int length,
      float @Nullable [] block) {
    this.array = array;
    this.block = block;
    this.owner = owner;
    this.address = address;
    this.data = data;
    this.length = length;
  }

  /** Zeros that several threads may read. */
  static FloatMemory zeros(int length) {
    return zeros(length, null);
  }

  /**
   * Zeros for one thread.
   *
   * @param block [{@link #BLOCK}], through which numbers are widened and rounded, so that it makes
   *     no garbage; null where several threads read, each through a block of its own
   */
  static FloatMemory zeros(int length, float @Nullable [] block) {
    INDArray array = Nd4j.create(DataType.FLOAT, (long) length + LINE_BYTES / Float.BYTES);
    long start = array.data().addressPointer().address();
    int skip = (int) (-start & (LINE_BYTES - 1)) / Float.BYTES;
    FloatBuffer data = array.data().asNioFloat().slice(skip, length);
    return new FloatMemory(array, true, start + (long) skip * Float.BYTES, data, length, block);
  }

  /** Where element {@code offset} lies. */
  long address(int offset) {
    return address + (long) offset * Float.BYTES;
  }

  /** The elements. */
  FloatBuffer data() {
    return data;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public double get(int index) {
    return data.get(index);
  }

  @Override
  public void set(int index, double value) {
    data.put(index, (float) value);
  }

  @Override
  public void read(int offset, float[] target, int at, int length) {
    data.get(offset, target, at, length);
  }

  @Override
  public void write(int offset, float[] source, int at, int length) {
    data.put(offset, source, at, length);
  }

  /** In blocks, because bulk copies are several times as fast as single elements. */
  @Override
  public void read(int offset, double[] target, int length) {
    float[] values = block == null ? new float[Math.min(length, BLOCK)] : block;
    for (int at = 0; at < length; at += BLOCK) {
      int count = Math.min(BLOCK, length - at);
      data.get(offset + at, values, 0, count);
      for (int i = 0; i < count; i++) {
        target[at + i] = values[i];
      }
    }
  }

  @Override
  public void write(int offset, double[] source, int length) {
    float[] values = block == null ? new float[Math.min(length, BLOCK)] : block;
    for (int at = 0; at < length; at += BLOCK) {
      int count = Math.min(BLOCK, length - at);
      for (int i = 0; i < count; i++) {
        values[i] = (float) source[at + i];
      }
      data.put(offset + at, values, 0, count);
    }
  }

  @Override
  public Buffer view(int offset, int length) {
    return new FloatMemory(
        array, false, address(offset), data.slice(offset, length), length, block);
  }

  /** Gives the memory back; this buffer and its views must not be used any more. */
  @Override
  public void close() {
    if (owner) {
      array.close();
    }
  }
}
