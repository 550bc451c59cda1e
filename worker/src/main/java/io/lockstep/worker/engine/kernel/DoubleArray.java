package io.lockstep.worker.engine.kernel;

/** The buffer of {@link PlainKernel}: a run of a heap array. */
final class DoubleArray implements Buffer {
  final double[] data;
  final int start;
  private final int length;

  DoubleArray(double[] data, int start, int length) {
    this.data = data;
    this.start = start;
    this.length = length;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public double get(int index) {
    return data[start + index];
  }

  @Override
  public void set(int index, double value) {
    data[start + index] = value;
  }

  @Override
  public void read(int offset, float[] target, int at, int length) {
    for (int i = 0; i < length; i++) {
      target[at + i] = (float) data[start + offset + i];
    }
  }

  @Override
  public void write(int offset, float[] source, int at, int length) {
    for (int i = 0; i < length; i++) {
      data[start + offset + i] = source[at + i];
    }
  }

  @Override
  public Buffer view(int offset, int length) {
    return new DoubleArray(data, start + offset, length);
  }
}
