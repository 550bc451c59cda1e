package io.lockstep.driver.server.process;

import io.lockstep.common.checkpoint.CheckpointException;
import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.frame.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An empty file that the driver puts beside a run's checkpoints while the run goes on: a server
 * process that does not find it there would write checkpoints where nobody looks for them.
 */
public final class StorageMark implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StorageMark.class);
  private static final int NAME_BYTES = 6;

  private final CheckpointStore store;
  private final String name;

  private StorageMark(CheckpointStore store, String name) {
    this.store = store;
    this.name = name;
  }

  /**
   * Puts it there.
   *
   * @throws CheckpointException where nothing can be written there
   */
  public static StorageMark put(CheckpointStore store, String runToken) {
    byte[] digest = Arrays.copyOf(Frame.tokenDigest(runToken), NAME_BYTES);
    String name = "run-" + HexFormat.of().formatHex(digest) + ".mark";
    try (CheckpointStore.Writing writing = store.create(name)) {
      writing.write(ByteBuffer.allocate(0));
      writing.commit();
      return new StorageMark(store, name);
    } catch (IOException e) {
      throw new CheckpointException("cannot write " + name + " in " + store, e);
    }
  }

  /** Its name in the store. */
  public String name() {
    return name;
  }

  /**
   * Checks that a mark is there.
   *
   * @throws CheckpointException where it is not: with the place and what to do
   */
  static void require(CheckpointStore store, String name) {
    try (ReadableByteChannel mark = store.open(name)) {
      if (!mark.isOpen()) {
        throw new IOException("it is closed");
      }
    } catch (IOException e) {
      throw new CheckpointException(
          "the run's checkpoints must be on storage that driver and server processes share under"
              + " the same path, got "
              + store
              + ", where this process does not find what the driver has put there; give the driver"
              + " a --run-dir on shared storage, and mount it here",
          e);
    }
  }

  @Override
  public void close() {
    try {
      store.delete(name);
    } catch (IOException e) {
      LOG.warn("cannot delete {} in {}", name, store, e);
    }
  }
}
