package io.lockstep.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a run's Unix-domain sockets: one for all processes of the host, so that what a
 * killed executor leaves is removed with it.
 */
final class SocketFolder implements AutoCloseable {
  /** Short, whatever the system's temporary folder is: a socket's path has room for 100 bytes. */
  private static final Path PARENT = Path.of("/tmp");

  private final Path path;

  private SocketFolder(Path path) {
    this.path = path;
  }

  static SocketFolder create() {
    try {
      return new SocketFolder(Files.createTempDirectory(PARENT, "lockstep-"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder for sockets in " + PARENT, e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }
}
