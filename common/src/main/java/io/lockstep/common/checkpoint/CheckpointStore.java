package io.lockstep.common.checkpoint;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/**
 * Where checkpoints lie: streams of bytes by name, such as {@code step-400/shard-0-of-2.bin}. Small
 * enough to be put over a folder, Hadoop's file systems or an object store. Safe for threads.
 */
public interface CheckpointStore {
  /**
   * A stream that is being written aside: it gets its name when it is committed. Closing it
   * uncommitted throws it away.
   */
  interface Writing extends WritableByteChannel {
    /** Makes what was written durable and gives it its name, in one step, over an older one. */
    void commit() throws IOException;
  }

  /** Begins to write a stream aside. */
  Writing create(String name) throws IOException;

  /**
   * Reads a stream from its beginning.
   *
   * @throws java.nio.file.NoSuchFileException where there is none of this name
   */
  ReadableByteChannel open(String name) throws IOException;

  /** The names of all streams, also of those left behind half-written, sorted. */
  List<String> names() throws IOException;

  /** Deletes a stream; nothing happens where there is none. */
  void delete(String name) throws IOException;

  /** What the place is called in errors. */
  @Override
  String toString();
}
