package io.lockstep.driver.server.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The place of a Unix-domain socket's file: a private folder, or one that is given. */
final class SocketFolder {
  /** What the system allows, with room to spare: 108 bytes on Linux, 104 elsewhere. */
  private static final int MAXIMUM_PATH_BYTES = 100;

  private final Path folder;
  private final Path file;
  private final boolean own;

  private SocketFolder(Path folder, String name, boolean own) {
    this.folder = folder;
    this.file = folder.resolve(name);
    this.own = own;
  }

  /**
   * Finds the place.
   *
   * @param given null makes a folder that only this user can enter, in the system's temporary
   *     folder, or in /tmp where that path is too long for a socket
   */
  static SocketFolder open(@Nullable Path given, String name) throws IOException {
    if (given != null) {
      Files.createDirectories(given);
      return new SocketFolder(given, name, false).requireShort();
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    boolean fits = temporary.toString().length() + 40 < MAXIMUM_PATH_BYTES;
    Path made = Files.createTempDirectory(fits ? temporary : Path.of("/tmp"), "lockstep-");
    return new SocketFolder(made, name, true);
  }

  private SocketFolder requireShort() throws IOException {
    int bytes = file.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAXIMUM_PATH_BYTES) {
      throw new IOException(
          "the path of a Unix-domain socket must have at most "
              + MAXIMUM_PATH_BYTES
              + " bytes, got "
              + bytes
              + ": "
              + file);
    }
    return this;
  }

  Path file() {
    return file;
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
    if (own) {
      Files.deleteIfExists(folder);
    }
  }
}
