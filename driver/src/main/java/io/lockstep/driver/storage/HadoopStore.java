package io.lockstep.driver.storage;

import io.lockstep.common.checkpoint.CheckpointStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.StreamCapabilities;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints in a folder of one of Hadoop's file systems. There are two ways to give a stream its
 * name in one step, and the file system says which is its own:
 *
 * <ul>
 *   <li>An object store shows an object only when it is complete, and its streams can be aborted
 *       ({@code fs.capability.outputstream.abortable}, as S3A has it): the stream is put under its
 *       name at once, and aborted where it is not committed.
 *   <li>Others (HDFS, ABFS) rename in one step: the stream is written beside its place under
 *       another name, forced to the disks where the file system can do that, then renamed.
 * </ul>
 *
 * Nothing is ever appended to.
 */
final class HadoopStore implements CheckpointStore {
  private static final Logger LOG = LoggerFactory.getLogger(HadoopStore.class);

  private final FileSystem files;
  private final Path folder;

  HadoopStore(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  @Override
  public Writing create(String name) throws IOException {
    Path file = new Path(folder, name);
    if (files.hasPathCapability(file, CommonPathCapabilities.ABORTABLE_STREAM)) {
      return new Put(files.create(file, true));
    }
    Path aside = file.suffix("." + UUID.randomUUID() + ".part");
    return new Renaming(files.create(aside, false), aside, file);
  }

  @Override
  public ReadableByteChannel open(String name) throws IOException {
    try {
      return Channels.newChannel(files.open(new Path(folder, name)));
    } catch (FileNotFoundException e) {
      NoSuchFileException missing = new NoSuchFileException(folder + "/" + name);
      missing.initCause(e);
      throw missing;
    }
  }

  /** What gets its name or is deleted while this looks is there or not, but never an error. */
  @Override
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    addNames("", names);
    names.sort(null);
    return List.copyOf(names);
  }

  private void addNames(String below, List<String> names) throws IOException {
    FileStatus[] found;
    try {
      found = files.listStatus(below.isEmpty() ? folder : new Path(folder, below));
    } catch (FileNotFoundException nothingHere) {
      return;
    }
    for (FileStatus status : found) {
      String name = below + status.getPath().getName();
      if (status.isDirectory()) {
        addNames(name + "/", names);
      } else {
        names.add(name);
      }
    }
  }

  /** With the folders that become empty, which some file systems keep. */
  @Override
  public void delete(String name) throws IOException {
    Path file = new Path(folder, name);
    files.delete(file, false);
    try {
      for (Path p = file.getParent(); !p.equals(folder) && isEmpty(p); p = p.getParent()) {
        files.delete(p, false);
      }
    } catch (PathIsNotEmptyDirectoryException stillUsed) {
      return;
    }
  }

  private boolean isEmpty(Path parent) throws IOException {
    try {
      return files.listStatus(parent).length == 0;
    } catch (FileNotFoundException alreadyGone) {
      return false;
    }
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  /** Counts what goes into a stream of Hadoop's. */
  private abstract static class StreamWriting implements Writing {
    final FSDataOutputStream stream;
    private final WritableByteChannel channel;

    StreamWriting(FSDataOutputStream stream) {
      this.stream = stream;
      this.channel = Channels.newChannel(stream);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      return channel.write(source);
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    /** Hands the stream over; closing it again does nothing. */
    final void finish() throws IOException {
      channel.close();
    }
  }

  private static final class Put extends StreamWriting {
    Put(FSDataOutputStream stream) {
      super(stream);
    }

    @Override
    public void commit() throws IOException {
      finish();
    }

    @Override
    public void close() throws IOException {
      if (isOpen()) {
        stream.abort();
        finish();
      }
    }
  }

  private final class Renaming extends StreamWriting {
    private final Path aside;
    private final Path file;
    private boolean committed;

    Renaming(FSDataOutputStream stream, Path aside, Path file) {
      super(stream);
      this.aside = aside;
      this.file = file;
    }

    /** Where a file of the name exists, HDFS does not rename over it. */
    @Override
    public void commit() throws IOException {
      if (stream.hasCapability(StreamCapabilities.HSYNC)) {
        stream.hsync();
      }
      finish();
      if (!files.rename(aside, file)) {
        files.delete(file, false);
        if (!files.rename(aside, file)) {
          throw new IOException("cannot rename " + aside + " to " + file);
        }
      }
      committed = true;
    }

    /** What a write failed by, HDFS throws again when the stream is closed: that is known. */
    @Override
    public void close() throws IOException {
      if (committed) {
        return;
      }
      try {
        finish();
      } catch (IOException e) {
        LOG.debug("{} is thrown away", aside, e);
      }
      files.delete(aside, false);
    }
  }
}
