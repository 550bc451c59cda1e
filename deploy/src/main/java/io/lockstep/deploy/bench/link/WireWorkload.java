package io.lockstep.deploy.bench.link;

import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameReader;
import io.lockstep.common.frame.FrameWriter;
import io.lockstep.common.layout.Layout;
import io.lockstep.worker.link.SocketTuning;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Frames of 64 Ki floats from one thread to another, {@code BYTES} bytes of payload a run: {@code
 * WireWorkload tcp|unix floats|raw}. {@code floats} goes from {@code float[]} to {@code float[]}
 * through {@link FrameWriter} and {@link FrameReader}; {@code raw} writes one direct buffer again
 * and again and reads into another, which is what the socket itself can do.
 */
public final class WireWorkload implements AutoCloseable {
  /** Payload of one run. */
  public static final long BYTES = 256L << 20;

  private static final int ELEMENTS = Layout.DEFAULT_CHUNK_ELEMENTS;
  private static final int PAYLOAD = ELEMENTS * Float.BYTES;
  private static final int FRAMES = (int) (BYTES / PAYLOAD);

  private final SocketChannel near;
  private final SocketChannel far;
  private final boolean floats;
  private final BlockingQueue<String> received = new ArrayBlockingQueue<>(1);

  private final float[] source = new float[ELEMENTS];
  private final float[] target = new float[ELEMENTS];
  private final FrameWriter writer;
  private final FrameReader reader;
  private final ByteBuffer rawSource = Frame.buffer(Frame.HEADER_BYTES + PAYLOAD);
  private final ByteBuffer rawTarget = Frame.buffer(Frame.HEADER_BYTES + PAYLOAD);

  private WireWorkload(SocketChannel near, SocketChannel far, boolean floats) {
    this.near = near;
    this.far = far;
    this.floats = floats;
    this.writer = new FrameWriter(near, 1, Frame.maximumPayload(ELEMENTS));
    this.reader = new FrameReader(far, 1, Frame.maximumPayload(ELEMENTS));
    for (int i = 0; i < ELEMENTS; i++) {
      source[i] = i;
    }
  }

  private static WireWorkload open(boolean unix, boolean floats) throws IOException {
    Path folder = Files.createTempDirectory("lockstep-");
    Path file = folder.resolve("wire");
    StandardProtocolFamily family =
        unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET;
    SocketAddress address =
        unix ? UnixDomainSocketAddress.of(file) : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel server = ServerSocketChannel.open(family)) {
      server.bind(address);
      SocketChannel near = SocketChannel.open(server.getLocalAddress());
      SocketChannel far = server.accept();
      SocketTuning.tune(near);
      SocketTuning.tune(far);
      return new WireWorkload(near, far, floats);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private void send() throws IOException {
    for (int frame = 0; frame < FRAMES; frame++) {
      if (floats) {
        writer.gradient(0, 1, frame, source, 0, ELEMENTS);
      } else {
        rawSource.clear();
        while (rawSource.hasRemaining()) {
          near.write(rawSource);
        }
      }
    }
    writer.flush();
  }

  private void receive() throws IOException {
    for (int frame = 0; frame < FRAMES; frame++) {
      if (floats) {
        if (!reader.next()) {
          throw new EOFException();
        }
        reader.floats().get(target, 0, ELEMENTS);
      } else {
        rawTarget.clear();
        while (rawTarget.hasRemaining()) {
          if (far.read(rawTarget) < 0) {
            throw new EOFException();
          }
        }
      }
    }
  }

  private void receiveUntilClosed() {
    try {
      while (true) {
        receive();
        received.put("");
      }
    } catch (IOException e) {
      // The workload ends by closing the sockets.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(int times) throws IOException, InterruptedException {
    for (int i = 0; i < times; i++) {
      send();
      received.take();
    }
  }

  @Override
  public void close() throws IOException {
    near.close();
    far.close();
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    try (WireWorkload workload = open(args[0].equals("unix"), args[1].equals("floats"))) {
      Thread receiver = new Thread(workload::receiveUntilClosed, "receiver");
      receiver.setDaemon(true);
      receiver.start();
      Orders.serve(workload.floats ? "Lockstep" : "raw sockets", workload::run);
    }
  }
}
