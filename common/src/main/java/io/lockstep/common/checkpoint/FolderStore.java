package io.lockstep.common.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Checkpoints in a folder of a file system: a stream is a file, written beside its place under
 * another name, forced to the disk, then moved atomically.
 */
public final class FolderStore implements CheckpointStore {
  private final Path folder;

  /**
   * A store in a folder.
   *
   * @param folder made when the first stream is written
   */
  public FolderStore(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  @Override
  public Writing create(String name) throws IOException {
    Path file = folder.resolve(name);
    Path parent = parentOf(file);
    makeFolders(parent);
    Path aside = Files.createTempFile(parent, file.getFileName() + ".", ".part");
    return new FileWriting(FileChannel.open(aside, StandardOpenOption.WRITE), aside, file);
  }

  @Override
  public ReadableByteChannel open(String name) throws IOException {
    return FileChannel.open(folder.resolve(name), StandardOpenOption.READ);
  }

  /** What gets its name or is deleted while this looks is there or not, but never an error. */
  @Override
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              names.add(folder.relativize(file).toString().replace('\\', '/'));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    names.sort(null);
    return List.copyOf(names);
  }

  @Override
  public void delete(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    for (Path p = parentOf(file); !p.equals(folder); p = parentOf(p)) {
      try {
        Files.deleteIfExists(p);
      } catch (DirectoryNotEmptyException stillUsed) {
        return;
      }
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  private static Path parentOf(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new NoSuchFileException(file.toString(), null, "has no folder");
    }
    return parent;
  }

  private static final class FileWriting implements Writing {
    private final FileChannel channel;
    private final Path aside;
    private final Path file;

    FileWriting(FileChannel channel, Path aside, Path file) {
      this.channel = channel;
      this.aside = aside;
      this.file = file;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return channel.write(source);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void commit() throws IOException {
      channel.force(true);
      channel.close();
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      forceFolder(parentOf(file));
    }

    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(aside);
    }
  }

  /** Makes the folders that are missing, each of them forced into its own folder. */
  private static void makeFolders(Path wanted) throws IOException {
    if (Files.isDirectory(wanted)) {
      return;
    }
    Path parent = parentOf(wanted);
    makeFolders(parent);
    Files.createDirectories(wanted); // another server of this process may be quicker
    forceFolder(parent);
  }

  /** A name in a folder survives a power cut only once the folder is on the disk. */
  private static void forceFolder(Path folder) throws IOException {
    try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
      entry.force(true);
    }
  }
}
