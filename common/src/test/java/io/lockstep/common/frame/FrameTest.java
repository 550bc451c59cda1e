package io.lockstep.common.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.tree.Scalars;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final int PAYLOAD = Frame.maximumPayload(2000);

  private final TestSeed seed = TestSeed.draw();
  private final Random random = seed.random();
  private final Trickle channel = new Trickle();

  /** A channel that takes and gives a few bytes at a time, as sockets may. */
  private final class Trickle implements GatheringByteChannel, ReadableByteChannel {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int read;

    @Override
    public int write(ByteBuffer source) {
      int n = Math.min(source.remaining(), 1 + random.nextInt(3000));
      for (int i = 0; i < n; i++) {
        written.write(source.get());
      }
      return n;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      for (int s = offset; s < offset + length; s++) {
        if (sources[s].hasRemaining()) {
          return write(sources[s]);
        }
      }
      return 0;
    }

    @Override
    public long write(ByteBuffer[] sources) {
      return write(sources, 0, sources.length);
    }

    @Override
    public int read(ByteBuffer target) {
      byte[] bytes = written.toByteArray();
      if (read == bytes.length) {
        return -1;
      }
      int most = Math.min(target.remaining(), bytes.length - read);
      int n = most == 0 ? 0 : 1 + random.nextInt(most);
      target.put(bytes, read, n);
      read += n;
      return n;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final float[] GRADIENT = {9, 1, -2, 8 * 65520};

  private FrameWriter writer() {
    return new FrameWriter(channel, 3, PAYLOAD);
  }

  private FrameReader reader() {
    return new FrameReader(channel, 3, PAYLOAD);
  }

  @Test
  void everyFrameComesBackAsItWasWritten() throws IOException {
    float[] gradient = new float[4000];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = Float.intBitsToFloat(random.nextInt());
    }
    ByteBuffer values = Frame.buffer(8);
    values.putFloat(1.5f).putFloat(-2.5f).flip();
    FrameWriter writer = writer();
    writer.hello(9_000_000_000L, 4, 2, Frame.tokenDigest("secret"));
    writer.welcome(17, GradientForm.BFLOAT16);
    writer.refused("no");
    writer.pull(18);
    writer.sums(18, 5, true, new Scalars(0.25, 32, 7.5, 1));
    writer.sums(18, 6, false, Scalars.NONE);
    writer.schedule(18, List.of(0.5, Double.POSITIVE_INFINITY));
    writer.gradient(18, 5, 7, gradient, 1000, 2000);
    writer.gradient(18, 5, 8, gradient, 3, 1);
    writer.gradient(18, 5, 9, new GradientCodec(GradientForm.FLOAT16), -3, GRADIENT, 1, 3);
    writer.parameters(19, 2, 7, 24, values);
    writer.pull(19, 1);
    writer.gone(19, 1);
    writer.flush();
    writer.flush();

    FrameReader reader = reader();
    assertNext(reader, FrameKind.HELLO, 9_000_000_000L, 4, 2, 32);
    byte[] digest = new byte[32];
    reader.payload().get(digest);
    assertThat(digest).isEqualTo(Frame.tokenDigest("secret"));
    assertNext(reader, FrameKind.WELCOME, 17, 0, 0, 0);
    assertThat(reader.form()).isEqualTo(GradientForm.BFLOAT16);
    assertNext(reader, FrameKind.REFUSED, 0, 0, 0, 2);
    assertThat(reader.text()).isEqualTo("no");
    assertNext(reader, FrameKind.PULL, 18, 0, 0, 0);
    assertNext(reader, FrameKind.SUMS, 18, 5, 0, 32);
    assertThat(reader.isPresent()).isTrue();
    assertThat(reader.scalars()).isEqualTo(new Scalars(0.25, 32, 7.5, 1));
    assertNext(reader, FrameKind.SUMS, 18, 6, 0, 32);
    assertThat(reader.isPresent()).isFalse();
    assertNext(reader, FrameKind.SCHEDULE, 18, 0, 0, 16);
    assertThat(reader.schedule()).containsExactly(0.5, Double.POSITIVE_INFINITY);
    assertNext(reader, FrameKind.GRADIENT, 18, 5, 7, 8000);
    assertThat(reader.form()).isEqualTo(GradientForm.FLOAT32);
    assertThat(reader.scaleExponent()).isZero();
    float[] copy = new float[2000];
    reader.floats().get(copy);
    assertThat(bits(copy)).isEqualTo(bits(Arrays.copyOfRange(gradient, 1000, 3000)));
    assertNext(reader, FrameKind.GRADIENT, 18, 5, 8, 4);
    assertNext(reader, FrameKind.GRADIENT, 18, 5, 9, 6);
    assertThat(reader.form()).isEqualTo(GradientForm.FLOAT16);
    assertThat(reader.scaleExponent()).isEqualTo(-3);
    float[] halves = new float[3];
    reader.floats().get(halves);
    assertThat(halves).containsExactly(0.125f, -0.25f, Float.POSITIVE_INFINITY);
    assertNext(reader, FrameKind.PARAMETERS, 19, 2, 7, 8);
    assertThat(reader.scaleExponent()).isEqualTo(24);
    assertThat(reader.payload().getFloat(4)).isEqualTo(-2.5f);
    assertNext(reader, FrameKind.PULL, 19, 1, 0, 0);
    assertNext(reader, FrameKind.GONE, 19, 1, 0, 0);
    assertThat(reader.next()).isFalse();
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static void assertNext(
      FrameReader reader, FrameKind kind, long step, int node, int chunk, int length)
      throws IOException {
    assertThat(reader.next()).isTrue();
    assertThat(reader.kind()).isEqualTo(kind);
    assertThat(reader.step()).isEqualTo(step);
    assertThat(reader.node()).isEqualTo(node);
    assertThat(reader.chunk()).isEqualTo(chunk);
    assertThat(reader.length()).isEqualTo(length);
    assertThat(reader.payload().remaining()).isEqualTo(length);
  }

  @Test
  void theBytesAreAsThePackageDrawsThem() throws IOException {
    FrameWriter writer = writer();
    writer.sums(0x0102030405060708L, 0x11121314, true, new Scalars(1, 2, 3, 4));
    writer.flush();
    ByteBuffer bytes = ByteBuffer.wrap(channel.written.toByteArray());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.remaining()).isEqualTo(64);
    assertThat(bytes.get(0)).isEqualTo((byte) 'L');
    assertThat(bytes.get(1)).isEqualTo((byte) 'S');
    assertThat(bytes.get(2)).isEqualTo((byte) 3);
    assertThat(bytes.get(3)).isEqualTo((byte) 6);
    assertThat(bytes.getInt(4)).isEqualTo(3);
    assertThat(bytes.getLong(8)).isEqualTo(0x0102030405060708L);
    assertThat(bytes.getInt(16)).isEqualTo(0x11121314);
    assertThat(bytes.getInt(20)).isEqualTo(0);
    assertThat(bytes.getInt(24)).isEqualTo(32);
    assertThat(bytes.getInt(28)).isEqualTo(1);
    assertThat(bytes.getDouble(32)).isEqualTo(1);
    assertThat(bytes.getDouble(40)).isEqualTo(2);
    assertThat(bytes.getDouble(48)).isEqualTo(3);
    assertThat(bytes.getDouble(56)).isEqualTo(4);
  }

  private void write(byte... header) {
    channel.written.writeBytes(Arrays.copyOf(header, Frame.HEADER_BYTES));
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> reader().next())
        .isInstanceOf(FrameException.class)
        .hasMessage(message);
  }

  @Test
  void anotherProtocolIsRefused() {
    write((byte) 'G', (byte) 'E', (byte) 'T', (byte) ' ');
    assertRefused("a frame must begin with bytes 4c 53, got 47 45: not a Lockstep peer");
  }

  @Test
  void anotherVersionIsRefused() {
    write((byte) 'L', (byte) 'S', (byte) 1, (byte) 4);
    assertRefused("frame version must be 3, got 1: another build");
  }

  @Test
  void anUnknownKindIsRefused() {
    write((byte) 'L', (byte) 'S', (byte) 3, (byte) 10);
    assertRefused("frame kind must be 1..9, got 10");
  }

  @Test
  void anotherIncarnationIsRefused() {
    write((byte) 'L', (byte) 'S', (byte) 3, (byte) 4, (byte) 2);
    assertRefused("PULL frame: incarnation must be 3, got 2");
  }

  @Test
  void aFrameThatIsTooLongIsRefusedBeforeItsPayloadIsRead() {
    byte[] header = new byte[32];
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 'L')
        .put((byte) 'S')
        .put((byte) 3)
        .put((byte) 7)
        .putInt(3)
        .putInt(24, 8001);
    write(header);
    assertRefused("GRADIENT frame: length must be in 0..8000, got 8001");
  }

  private FrameReader readerOfGradient(int length, int flags) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_BYTES + length);
    frame
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 'L')
        .put((byte) 'S')
        .put((byte) 3)
        .put((byte) 7);
    frame.putInt(3).putInt(24, length).putInt(28, flags);
    channel.written.writeBytes(frame.array());
    FrameReader reader = reader();
    assertThat(reader.next()).isTrue();
    return reader;
  }

  @Test
  void anUnknownFormAndHalfAnElementAreRefused() throws IOException {
    FrameReader unknown = readerOfGradient(8, 3 << 1);
    assertThatThrownBy(unknown::floats)
        .isInstanceOf(FrameException.class)
        .hasMessage("form of gradients must be 0..2, got 3");
    FrameReader half = readerOfGradient(7, 1 << 1);
    assertThatThrownBy(half::floats)
        .isInstanceOf(FrameException.class)
        .hasMessage("GRADIENT frame: length must be a multiple of 2, got 7");
    FrameReader single = readerOfGradient(6, 0);
    assertThatThrownBy(single::floats)
        .isInstanceOf(FrameException.class)
        .hasMessage("GRADIENT frame: length must be a multiple of 4, got 6");
  }

  @Test
  void anEndWithinAFrameIsAnError() throws IOException {
    FrameWriter writer = writer();
    writer.sums(1, 1, true, new Scalars(1, 1, 1, 1));
    writer.flush();
    byte[] whole = channel.written.toByteArray();
    for (int end : new int[] {1, 31, 32, 47}) {
      channel.written.reset();
      channel.written.write(whole, 0, end);
      channel.read = 0;
      assertThatThrownBy(() -> reader().next()).isInstanceOf(EOFException.class);
    }
  }
}
