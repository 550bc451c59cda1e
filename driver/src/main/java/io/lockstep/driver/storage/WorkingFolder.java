package io.lockstep.driver.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder to work in, in the system's temporary one, that is gone when it is closed. What a killed
 * process leaves is removed by the next that makes such a folder on the machine: beside each, in a
 * folder {@code lockstep-run-PID-...} of both, is a file that its process keeps locked. The system
 * lets go of it however the process ends, and it says more than a process id where containers share
 * the temporary folder.
 */
public final class WorkingFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkingFolder.class);
  private static final String PREFIX = "lockstep-run-";

  /** Before its file is locked, a folder has a name that nobody looks for. */
  private static final String BEGUN = "lockstep-begun-";

  private static final String LOCK = "lock";
  private static final String FILES = "files";

  private final Path both;
  private final FileChannel lock;

  private WorkingFolder(Path both, FileChannel lock) {
    this.both = both;
    this.lock = lock;
  }

  /** A new folder, for this user alone; leftovers of dead processes are removed first. */
  public static WorkingFolder create() {
    return create(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** As the other form, in another folder than the system's temporary one. */
  static WorkingFolder create(Path parent) {
    try {
      Path begun = Files.createTempDirectory(parent.toAbsolutePath(), BEGUN);
      removeLeftovers(parent, Files.getOwner(begun));
      FileChannel lock =
          FileChannel.open(
              begun.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      lock.lock();
      Files.createDirectory(begun.resolve(FILES));
      return new WorkingFolder(Files.move(begun, begun.resolveSibling(name(begun))), lock);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a folder to work in, in " + parent, e);
    }
  }

  private static String name(Path begun) {
    return ofThisProcess() + begun.getFileName().toString().substring(BEGUN.length());
  }

  private static String ofThisProcess() {
    return PREFIX + ProcessHandle.current().pid() + "-";
  }

  /**
   * Removes what dead processes of the same user have left in a folder. Those of this process are
   * passed over by their names: a look at their file would let go of its lock.
   */
  private static void removeLeftovers(Path parent, UserPrincipal user) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        if (!folder.getFileName().toString().startsWith(ofThisProcess())) {
          removeLeftover(folder, user);
        }
      }
    }
  }

  private static void removeLeftover(Path folder, UserPrincipal user) {
    try {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || !Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(user)) {
        return;
      }
      try (FileChannel lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
        if (lock.tryLock() != null) {
          delete(folder);
        }
      }
    } catch (IOException e) {
      LOG.debug("{} stays", folder, e); // another process is quicker, or it is to be kept
    }
  }

  /** The folder, absolute. */
  public Path path() {
    return both.resolve(FILES);
  }

  /** Leaves the folder where it is for the user, once this process is gone too. */
  public void keep() {
    try {
      Files.deleteIfExists(both.resolve(LOCK));
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep " + both, e);
    }
  }

  /** Removes the folder, unless it is to be kept. */
  @Override
  public void close() {
    if (!lock.isOpen()) {
      return;
    }
    try {
      delete(both);
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + both, e);
    }
  }

  /** What is left of a folder half removed has its lock still: that goes last. */
  private static void delete(Path folder) throws IOException {
    Path lock = folder.resolve(LOCK);
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        if (!file.equals(folder) && !file.equals(lock)) {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(lock);
    Files.deleteIfExists(folder);
  }
}
