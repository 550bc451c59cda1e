package io.lockstep.driver.storage;

import io.lockstep.common.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder on one of Hadoop's file systems and the local one in which its files are written: object
 * stores cannot append, so files grow here and are carried over whole, each under its name in one
 * step. Deletes nothing over there.
 */
public final class Mirror {
  private static final int BUFFER_BYTES = 1 << 20;

  /** What a file was when it was last the same on both sides. */
  private record State(long bytes, FileTime written) {}

  private final CheckpointStore there;
  private final Path here;
  private final Map<String, State> carried = new HashMap<>();

  /**
   * @param folder not local
   * @param here a folder that exists
   */
  public Mirror(Storage storage, Location folder, Path here) {
    this.there = storage.store(folder);
    this.here = here;
  }

  /** The files over there, by their names below the folder. */
  public List<String> names() throws IOException {
    return there.names();
  }

  /** Brings the files of the folder over there that are wanted, over those here. */
  public void fetch(Predicate<String> wanted) throws IOException {
    for (String name : there.names()) {
      if (wanted.test(name)) {
        Path file = here.resolve(name);
        Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
        try (ReadableByteChannel in = there.open(name);
            FileChannel out =
                FileChannel.open(
                    file,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
          copy(in, out);
        }
        carried.put(name, state(file));
      }
    }
  }

  /**
   * Carries over every file here that is new or was written since it was last carried or fetched.
   *
   * @param last the name of a file that goes behind all others, so that it is not there before them
   */
  public void carry(String last) throws IOException {
    for (String name : namesHere(last)) {
      try {
        carryOne(name);
      } catch (NoSuchFileException goneMeanwhile) {
        carried.remove(name);
      }
    }
  }

  private void carryOne(String name) throws IOException {
    Path file = here.resolve(name);
    State before = state(file); // what is written behind this is carried the next time
    if (before.equals(carried.get(name))) {
      return;
    }
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
        CheckpointStore.Writing out = there.create(name)) {
      copy(in, out);
      out.commit();
    }
    carried.put(name, before);
  }

  private List<String> namesHere(String last) throws IOException {
    try (Stream<Path> files = Files.walk(here)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> here.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.endsWith(".part"))
          .sorted(Comparator.<String, Boolean>comparing(last::equals).thenComparing(name -> name))
          .toList();
    }
  }

  private static State state(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new State(attributes.size(), attributes.lastModifiedTime());
  }

  private static void copy(ReadableByteChannel in, WritableByteChannel out) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (in.read(buffer) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        out.write(buffer);
      }
      buffer.clear();
    }
  }
}
