package io.lockstep.deploy.bench;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameReader;
import io.lockstep.worker.link.SocketTuning;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** The far end of {@code wire-*}: takes chunks, says with one byte that it has all of them. */
final class WireReceiver {
  private static final int CHUNK = WireRows.CHUNK;

  private final SocketChannel channel;
  private final FrameReader reader;
  private final float[] target = new float[WireRows.ELEMENTS];
  private final ByteBuffer frames = WireRows.rawFrames();

  private WireReceiver(SocketChannel channel) {
    this.channel = channel;
    this.reader = new FrameReader(channel, 0, Frame.maximumPayload(CHUNK));
  }

  /** {@code tcp|unix frames|raw port|path}. */
  public static void main(String[] arguments) throws IOException {
    boolean raw = arguments[1].equals("raw");
    try (SocketChannel channel = connect(arguments[0], arguments[2]);
        BufferedReader orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      WireReceiver receiver = new WireReceiver(channel);
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        int chunks = Integer.parseInt(order.substring("run ".length()));
        if (raw) {
          receiver.raw(chunks);
        } else {
          receiver.frames(chunks);
        }
        channel.write(ByteBuffer.allocate(1));
      }
    }
  }

  private static SocketChannel connect(String way, String address) throws IOException {
    SocketChannel channel =
        way.equals("unix")
            ? SocketChannel.open(UnixDomainSocketAddress.of(address))
            : SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(address)));
    SocketTuning.tune(channel);
    return channel;
  }

  private void frames(int chunks) throws IOException {
    for (int c = 0; c < chunks; c++) {
      if (!reader.next()) {
        throw new EOFException("the sender ended");
      }
      reader.floats().get(target, c % (WireRows.ELEMENTS / CHUNK) * CHUNK, CHUNK);
    }
  }

  private void raw(int chunks) throws IOException {
    for (int c = 0; c < chunks; c++) {
      ByteBuffer frame = WireRows.rawFrame(frames, c);
      while (frame.hasRemaining()) {
        if (channel.read(frame) < 0) {
          throw new EOFException("the sender ended");
        }
      }
    }
  }
}
