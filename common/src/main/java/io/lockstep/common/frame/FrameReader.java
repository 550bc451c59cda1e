package io.lockstep.common.frame;

import io.lockstep.common.tree.Scalars;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames from a channel and checks their headers. A read asks for the rest of a payload and
 * the next header together, so that a frame costs one call of the system where its bytes are there.
 * Used by one thread at a time; allocates nothing a frame, but for the first that is longer than
 * all before it.
 */
public final class FrameReader {
  private final ReadableByteChannel channel;
  private final int incarnation;
  private final int maximumPayload;
  private final ByteBuffer header = Frame.buffer(Frame.HEADER_BYTES);
  private long bytes;
  private ByteBuffer body;
  private FloatBuffer floats;
  private ShortBuffer shorts;

  private FrameKind kind = FrameKind.HELLO;
  private long step;
  private int node;
  private int chunk;
  private int length;
  private int flags;

  /** For gradients in a lossy form; made when the first comes. */
  private @Nullable GradientCodec codec;

  private float[] decoded = {};
  private FloatBuffer decodedFloats = FloatBuffer.wrap(decoded);

  /**
   * @param channel blocking; not closed here
   * @param incarnation that every frame but a refusal must carry
   * @param maximumPayload bytes, as {@link Frame#maximumPayload} gives them; a longer frame is
   *     refused before its payload is read
   */
  public FrameReader(ReadableByteChannel channel, int incarnation, int maximumPayload) {
    this.channel = channel;
    this.incarnation = incarnation;
    this.maximumPayload = maximumPayload;
    this.body = Frame.buffer(Math.min(maximumPayload, Frame.USUAL_PAYLOAD) + Frame.HEADER_BYTES);
    this.floats = body.asFloatBuffer();
    this.shorts = body.asShortBuffer();
  }

  /**
   * Reads the next frame.
   *
   * @return false where the channel ended after a whole frame
   * @throws FrameException where the bytes are no frame, or of another incarnation
   * @throws EOFException where the channel ended within a frame
   */
  public boolean next() throws IOException {
    while (header.hasRemaining()) {
      if (channel.read(header) < 0) {
        if (header.position() == 0) {
          return false;
        }
        throw new EOFException("the connection ended within a frame's header");
      }
    }
    parseHeader();
    readPayload();
    bytes += Frame.HEADER_BYTES + length;
    return true;
  }

  private void parseHeader() throws FrameException {
    header.flip();
    byte magic0 = header.get();
    byte magic1 = header.get();
    if (magic0 != Frame.MAGIC_0 || magic1 != Frame.MAGIC_1) {
      throw new FrameException(
          String.format(
              "a frame must begin with bytes %02x %02x, got %02x %02x: not a Lockstep peer",
              Frame.MAGIC_0, Frame.MAGIC_1, magic0, magic1));
    }
    byte version = header.get();
    if (version != Frame.VERSION) {
      throw new FrameException(
          "frame version must be " + Frame.VERSION + ", got " + version + ": another build");
    }
    kind = FrameKind.of(header.get());
    int theirs = header.getInt();
    step = header.getLong();
    node = header.getInt();
    chunk = header.getInt();
    length = header.getInt();
    flags = header.getInt();
    if (theirs != incarnation && kind != FrameKind.REFUSED) {
      throw new FrameException(
          kind + " frame: incarnation must be " + incarnation + ", got " + theirs);
    }
    if (length < 0 || length > maximumPayload) {
      throw new FrameException(
          kind + " frame: length must be in 0.." + maximumPayload + ", got " + length);
    }
  }

  private void readPayload() throws IOException {
    makeRoom(length + Frame.HEADER_BYTES);
    body.clear().limit(length + Frame.HEADER_BYTES);
    while (body.position() < length) {
      if (channel.read(body) < 0) {
        throw new EOFException(
            "the connection ended within a "
                + kind
                + " frame: "
                + body.position()
                + " of "
                + length
                + " bytes");
      }
    }
    header.clear();
    body.flip().position(length);
    header.put(body);
    body.position(0).limit(length);
  }

  /** A frame longer than usual holds a tensor that is kept whole; it comes again every step. */
  private void makeRoom(int bytes) {
    if (body.capacity() < bytes) {
      body = Frame.buffer(bytes);
      floats = body.asFloatBuffer();
      shorts = body.asShortBuffer();
    }
  }

  /** Bytes of all whole frames so far. */
  public long bytes() {
    return bytes;
  }

  /** What the frame says. */
  public FrameKind kind() {
    return kind;
  }

  /** Its step, version or attempt. */
  public long step() {
    return step;
  }

  /** Its node, worker or view. */
  public int node() {
    return node;
  }

  /** Its chunk or server. */
  public int chunk() {
    return chunk;
  }

  /** Bytes of its payload. */
  public int length() {
    return length;
  }

  /** Whether a SUMS frame's node has examples. */
  public boolean isPresent() {
    return (flags & Frame.PRESENT) != 0;
  }

  /** The payload from position to limit, direct, little-endian; until the next frame. */
  public ByteBuffer payload() {
    return body;
  }

  /**
   * The form of a GRADIENT's payload, or the one that a WELCOME asks for.
   *
   * @throws FrameException where this build does not know it
   */
  public GradientForm form() throws FrameException {
    return Frame.form(flags);
  }

  /** The power of two of the loss scale, in a GRADIENT or PARAMETERS. */
  public int scaleExponent() {
    return Frame.scaleExponent(flags);
  }

  /**
   * The payload's elements as float32, from position to limit; until the next frame.
   *
   * @throws FrameException where the length is not one of whole elements
   */
  public FloatBuffer floats() throws FrameException {
    GradientForm form = form();
    if (length % form.bytes() != 0) {
      throw new FrameException(
          kind + " frame: length must be a multiple of " + form.bytes() + ", got " + length);
    }
    return form.isLossy() ? decoded(form) : floats.clear().limit(length / Float.BYTES);
  }

  private FloatBuffer decoded(GradientForm form) {
    GradientCodec present = codec;
    if (present == null || present.form() != form) {
      present = new GradientCodec(form);
      codec = present;
    }
    int elements = length / form.bytes();
    if (decoded.length < elements) {
      decoded = new float[elements];
      decodedFloats = FloatBuffer.wrap(decoded);
    }
    present.decode(shorts.clear(), decoded, elements);
    return decodedFloats.clear().limit(elements);
  }

  /**
   * The payload of a SUMS frame.
   *
   * @throws FrameException where it has another length
   */
  public Scalars scalars() throws FrameException {
    expectLength(Frame.SUMS_BYTES);
    return new Scalars(
        body.getDouble(0),
        body.getDouble(Double.BYTES),
        body.getDouble(2 * Double.BYTES),
        body.getDouble(3 * Double.BYTES));
  }

  /** The payload of a SCHEDULE frame. */
  public List<Double> schedule() {
    return java.util.stream.IntStream.range(0, length / Double.BYTES)
        .mapToObj(i -> body.getDouble(i * Double.BYTES))
        .toList();
  }

  /** The payload as text. */
  public String text() {
    return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
  }

  /**
   * Checks the form of a gradient.
   *
   * @throws FrameException naming the rule and the value
   */
  public void expectForm(GradientForm form) throws FrameException {
    if (form() != form) {
      throw new FrameException(
          kind + " frame: form must be " + form.key() + ", got " + form().key());
    }
  }

  /**
   * Checks what a payload must have.
   *
   * @throws FrameException naming kind, rule and value
   */
  public void expectLength(int bytes) throws FrameException {
    if (length != bytes) {
      throw new FrameException(kind + " frame: length must be " + bytes + ", got " + length);
    }
  }
}
