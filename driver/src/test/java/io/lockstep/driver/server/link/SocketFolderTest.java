package io.lockstep.driver.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFolderTest {
  @TempDir Path given;

  @Test
  void aFolderOfOurOwnIsPrivateAndGoesWithItsFile() throws IOException {
    SocketFolder folder = SocketFolder.open(null, "server-0-1");
    Files.createFile(folder.file());
    Path parent = folder.file().getParent();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(parent)))
        .isEqualTo("rwx------");
    folder.delete();
    assertThat(parent).doesNotExist();
  }

  @Test
  void aGivenFolderStays() throws IOException {
    SocketFolder folder = SocketFolder.open(given.resolve("sockets"), "server-0-1");
    Files.createFile(folder.file());
    folder.delete();
    assertThat(given.resolve("sockets")).isEmptyDirectory();
  }

  @Test
  void aPrivateFolderTakesThePlaceOfOneWhosePathIsTooLongForASocket() throws IOException {
    Path deep = given.resolve("a".repeat(100));
    SocketFolder folder = SocketFolder.open(deep, "server-0-1");
    assertThat(folder.file().toString().length()).isLessThanOrEqualTo(100);
    folder.delete();
    assertThat(folder.file().getParent()).doesNotExist();
    assertThat(deep).doesNotExist();
  }
}
