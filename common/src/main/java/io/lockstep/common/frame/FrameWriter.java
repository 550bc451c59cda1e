package io.lockstep.common.frame;

import io.lockstep.common.tree.Scalars;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes frames to a channel. Frames are put together in one direct buffer and leave when it is
 * full or flushed; a payload that is a direct buffer already is written from where it lies. Used by
 * one thread at a time; allocates nothing a frame, but for the first that is longer than all before
 * it.
 */
public final class FrameWriter {
  private final GatheringByteChannel channel;
  private final int incarnation;
  private ByteBuffer buffer;
  private final ByteBuffer[] pair = new ByteBuffer[2];
  private long bytes;

  /**
   * @param channel blocking; not closed here
   * @param incarnation that all frames carry
   * @param maximumPayload bytes, as {@link Frame#maximumPayload} gives them
   */
  public FrameWriter(GatheringByteChannel channel, int incarnation, int maximumPayload) {
    this.channel = channel;
    this.incarnation = incarnation;
    this.buffer = Frame.buffer(Frame.HEADER_BYTES + Math.min(maximumPayload, Frame.USUAL_PAYLOAD));
  }

  /** Introduces a worker. */
  public void hello(long attempt, int worker, int server, byte[] tokenDigest) throws IOException {
    header(FrameKind.HELLO, attempt, worker, server, tokenDigest.length, 0);
    buffer.put(tokenDigest);
  }

  /**
   * Lets a worker in.
   *
   * @param form in which its gradients are to come
   */
  public void welcome(long current, GradientForm form) throws IOException {
    header(FrameKind.WELCOME, current, 0, 0, 0, Frame.flags(form, 0));
  }

  /** Says no; a reason too long for a frame is cut. */
  public void refused(String reason) throws IOException {
    byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, Frame.MAXIMUM_TEXT_BYTES);
    header(FrameKind.REFUSED, 0, 0, 0, length, 0);
    buffer.put(bytes, 0, length);
  }

  /** Asks for the parameters of a version. */
  public void pull(long version) throws IOException {
    pull(version, 0);
  }

  /**
   * Asks for a view of a version.
   *
   * @param view its number, 0 for the parameters
   */
  public void pull(long version, int view) throws IOException {
    header(FrameKind.PULL, version, view, 0, 0, 0);
  }

  /** Says that no view of a version can be shown any more. */
  public void gone(long version, int view) throws IOException {
    header(FrameKind.GONE, version, view, 0, 0, 0);
  }

  /** Accounts for a node. */
  public void sums(long step, int node, boolean present, Scalars scalars) throws IOException {
    header(FrameKind.SUMS, step, node, 0, Frame.SUMS_BYTES, present ? Frame.PRESENT : 0);
    buffer.putDouble(scalars.loss()).putDouble(scalars.weight());
    buffer.putDouble(scalars.squares()).putDouble(scalars.examples());
  }

  /**
   * What the schedule has learned from the validation before a step.
   *
   * @param state at most {@link Frame#MAXIMUM_TEXT_BYTES} / 8 numbers
   */
  public void schedule(long step, List<Double> state) throws IOException {
    header(FrameKind.SCHEDULE, step, 0, 0, state.size() * Double.BYTES, 0);
    state.forEach(buffer::putDouble);
  }

  /**
   * A node's gradient for one chunk.
   *
   * @param gradient [from + length] at least; a bulk copy, no loop
   */
  public void gradient(long step, int node, int chunk, float[] gradient, int from, int length)
      throws IOException {
    int bytes = length * Float.BYTES;
    header(FrameKind.GRADIENT, step, node, chunk, bytes, 0);
    buffer.asFloatBuffer().put(gradient, from, length);
    buffer.position(buffer.position() + bytes);
  }

  /**
   * A node's gradient for one chunk, rounded.
   *
   * @param codec rounds to the run's form
   * @param scaleExponent the gradient is multiplied by 2 to this before
   * @param gradient [from + length] at least; not modified
   */
  public void gradient(
      long step,
      int node,
      int chunk,
      GradientCodec codec,
      int scaleExponent,
      float[] gradient,
      int from,
      int length)
      throws IOException {
    int bytes = length * codec.form().bytes();
    int flags = Frame.flags(codec.form(), scaleExponent);
    header(FrameKind.GRADIENT, step, node, chunk, bytes, flags);
    codec.encode(gradient, from, length, scaleExponent, buffer.asShortBuffer());
    buffer.position(buffer.position() + bytes);
  }

  /**
   * A chunk of a version, written at once.
   *
   * @param view the number of the view that was asked for, 0 for the parameters
   * @param scaleExponent what the gradients of the step from that version are to be multiplied by,
   *     as a power of two; 0 without a loss scale
   * @param values little-endian, direct, from position to limit; consumed
   */
  public void parameters(long version, int view, int chunk, int scaleExponent, ByteBuffer values)
      throws IOException {
    int flags = Frame.flags(GradientForm.FLOAT32, scaleExponent);
    header(FrameKind.PARAMETERS, version, view, chunk, values.remaining(), flags, 0);
    buffer.flip();
    bytes += buffer.remaining() + values.remaining();
    pair[0] = buffer;
    pair[1] = values;
    while (values.hasRemaining()) {
      channel.write(pair);
    }
    buffer.clear();
  }

  /** Sends what is put together. */
  public void flush() throws IOException {
    buffer.flip();
    bytes += buffer.remaining();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Bytes that were given to the channel so far. */
  public long bytes() {
    return bytes;
  }

  private void header(FrameKind kind, long step, int node, int chunk, int length, int flags)
      throws IOException {
    header(kind, step, node, chunk, length, flags, length);
  }

  /**
   * @param here bytes of the payload that will be put into the buffer
   */
  private void header(
      FrameKind kind, long step, int node, int chunk, int length, int flags, int here)
      throws IOException {
    makeRoom(Frame.HEADER_BYTES + here);
    buffer.put(Frame.MAGIC_0).put(Frame.MAGIC_1).put(Frame.VERSION).put(kind.code());
    buffer.putInt(incarnation).putLong(step).putInt(node).putInt(chunk);
    buffer.putInt(length).putInt(flags);
  }

  private void makeRoom(int bytes) throws IOException {
    if (buffer.remaining() >= bytes) {
      return;
    }
    flush();
    if (buffer.capacity() < bytes) {
      buffer = Frame.buffer(bytes);
    }
  }
}
