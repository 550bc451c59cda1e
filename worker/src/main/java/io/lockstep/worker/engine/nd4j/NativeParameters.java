package io.lockstep.worker.engine.nd4j;

import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.kernel.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Parameters in ND4J's native memory. */
public final class NativeParameters implements Parameters {
  private final FloatMemory memory;

  /** Zeros. */
  public NativeParameters(int size) {
    memory = FloatMemory.zeros(size);
  }

  /** The vector as the kernel takes it. */
  public Buffer buffer() {
    return memory;
  }

  @Override
  public long size() {
    return memory.length();
  }

  @Override
  public void set(long offset, float[] source, int from, int length) {
    memory.write(Math.toIntExact(offset), source, from, length);
  }

  @Override
  public void set(long offset, ByteBuffer littleEndianFloats) {
    var floats = littleEndianFloats.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    memory.data().put(Math.toIntExact(offset), floats, 0, floats.remaining());
    littleEndianFloats.position(littleEndianFloats.limit());
  }

  @Override
  public void get(long offset, float[] target, int from, int length) {
    memory.read(Math.toIntExact(offset), target, from, length);
  }

  @Override
  public void close() {
    memory.close();
  }
}
