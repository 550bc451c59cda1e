package io.lockstep.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a run's Unix-domain sockets: one for all processes of the host, so that what a
 * killed executor leaves is removed with it; named after the run's directory, so that a resume
 * removes what a killed driver has left.
 */
final class SocketFolder implements AutoCloseable {
  /** Short, whatever the system's temporary folder is: a socket's path has room for 100 bytes. */
  private static final Path PARENT = Path.of("/tmp");

  private static final int NAME_DIGITS = 16;

  private final Path path;

  private SocketFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes the folder, empty, for this user alone.
   *
   * @param run the run's directory: a path, or an address
   */
  static SocketFolder create(String run) {
    SocketFolder folder = new SocketFolder(of(run));
    try {
      folder.delete();
      Files.createDirectory(
          folder.path,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder for sockets: " + folder.path, e);
    }
  }

  /** Where the sockets of the run in this directory lie. */
  static Path of(String run) {
    return PARENT.resolve("lockstep-" + name(run));
  }

  private static String name(String run) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(run.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, NAME_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  Path path() {
    return path;
  }

  private void delete() throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void close() {
    try {
      delete();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }
}
