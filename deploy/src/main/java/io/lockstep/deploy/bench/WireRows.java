package io.lockstep.deploy.bench;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameWriter;
import io.lockstep.common.layout.Layout;
import io.lockstep.worker.link.SocketTuning;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code wire-*}: chunks from {@code float[]} to {@code float[]} in another process, in Lockstep's
 * frames, over the same frames from direct buffers to direct buffers; either way between vectors
 * beyond any cache.
 */
final class WireRows {
  /** Elements of the vectors from which and into which chunks go: beyond any cache. */
  static final int ELEMENTS = 400 * Layout.DEFAULT_CHUNK_ELEMENTS;

  static final int CHUNK = Layout.DEFAULT_CHUNK_ELEMENTS;

  private WireRows() {}

  /** As much memory as the vectors, as frames one after another. */
  static ByteBuffer rawFrames() {
    return Frame.buffer(ELEMENTS / CHUNK * (Frame.HEADER_BYTES + CHUNK * Float.BYTES));
  }

  /** The frame of a chunk. */
  static ByteBuffer rawFrame(ByteBuffer frames, int chunk) {
    int bytes = Frame.HEADER_BYTES + CHUNK * Float.BYTES;
    int begin = chunk % (ELEMENTS / CHUNK) * bytes;
    return frames.limit(begin + bytes).position(begin);
  }

  static List<Row> rows(Bench.Settings settings) {
    return List.of(row("tcp", settings), row("unix", settings));
  }

  private static Row row(String way, Bench.Settings settings) {
    return new Row(
        "wire-" + way,
        "B/s",
        ">= 0.7",
        () -> side(way, "frames", settings),
        () -> side(way, "raw", settings));
  }

  private static Side side(String way, String mode, Bench.Settings settings) throws IOException {
    Line line = Line.open(way, mode);
    return Repeated.perSecond(
        mode.equals("raw") ? "raw direct buffers" : "Lockstep",
        settings.roundSeconds(),
        (double) CHUNK * Float.BYTES,
        line::seconds,
        line);
  }

  /** A connection to a {@link WireReceiver} in a process of its own. */
  private static final class Line implements Closeable {
    private final Companion receiver;
    private final SocketChannel channel;
    private final boolean raw;
    private final Path folder;
    private final FrameWriter writer;
    private final float[] source = new float[ELEMENTS];
    private final ByteBuffer frames = rawFrames();
    private final ByteBuffer acknowledgement = ByteBuffer.allocateDirect(1);

    private Line(Companion receiver, SocketChannel channel, boolean raw, Path folder) {
      this.receiver = receiver;
      this.channel = channel;
      this.raw = raw;
      this.folder = folder;
      this.writer = new FrameWriter(channel, 0, Frame.maximumPayload(CHUNK));
    }

    static Line open(String way, String mode) throws IOException {
      Path folder = Files.createTempDirectory("lockstep-bench-");
      try (ServerSocketChannel listener = listen(way, folder)) {
        String address =
            listener.getLocalAddress() instanceof InetSocketAddress tcp
                ? Integer.toString(tcp.getPort())
                : folder.resolve("socket").toString();
        Companion receiver = Companion.java(WireReceiver.class, way, mode, address);
        SocketChannel channel = listener.accept();
        SocketTuning.tune(channel);
        return new Line(receiver, channel, mode.equals("raw"), folder);
      }
    }

    private static ServerSocketChannel listen(String way, Path folder) throws IOException {
      if (way.equals("unix")) {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
      }
      return ServerSocketChannel.open()
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Sends so many chunks; the time ends when the receiver has all of them. */
    double seconds(int chunks) throws IOException {
      receiver.tell("run " + chunks);
      long begin = System.nanoTime();
      for (int c = 0; c < chunks; c++) {
        if (raw) {
          ByteBuffer frame = rawFrame(frames, c);
          while (frame.hasRemaining()) {
            channel.write(frame);
          }
        } else {
          writer.gradient(0, 1, c, source, c % (ELEMENTS / CHUNK) * CHUNK, CHUNK);
        }
      }
      if (!raw) {
        writer.flush();
      }
      acknowledgement.clear();
      if (channel.read(acknowledgement) < 0) {
        throw new EOFException("the receiver ended");
      }
      return (System.nanoTime() - begin) / 1e9;
    }

    @Override
    public void close() throws IOException {
      receiver.close();
      channel.close();
      Files.deleteIfExists(folder.resolve("socket"));
      Files.delete(folder);
    }
  }
}
