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
   * @param given null, or one whose path is too long for a socket, makes a folder that only this
   *     user can enter, in the system's temporary folder or, where that is too long too, in /tmp
   */
  static SocketFolder open(@Nullable Path given, String name) throws IOException {
    if (given != null && fits(given.resolve(name))) {
      Files.createDirectories(given);
      return new SocketFolder(given, name, false);
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    boolean fits = fits(temporary.resolve("lockstep-" + Long.MAX_VALUE).resolve(name));
    Path made = Files.createTempDirectory(fits ? temporary : Path.of("/tmp"), "lockstep-");
    return new SocketFolder(made, name, true);
  }

  private static boolean fits(Path file) {
    return file.toString().getBytes(StandardCharsets.UTF_8).length <= MAXIMUM_PATH_BYTES;
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
