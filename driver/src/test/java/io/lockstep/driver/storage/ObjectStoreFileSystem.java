package io.lockstep.driver.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A file system {@code objects:} over a local folder that is as narrow as an object store: nothing
 * is renamed or appended to, and a file is there when its stream was closed, unless it was aborted.
 */
public final class ObjectStoreFileSystem extends RawLocalFileSystem {
  /** The setting of Spark under which Hadoop finds it. */
  public static final String SETTING = "spark.hadoop.fs.objects.impl";

  @Override
  public URI getUri() {
    return URI.create("objects:///");
  }

  @Override
  public String getScheme() {
    return "objects";
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(CommonPathCapabilities.ABORTABLE_STREAM)
        || super.hasPathCapability(path, capability);
  }

  @Override
  public boolean rename(Path from, Path to) {
    throw new UnsupportedOperationException("an object is not renamed: " + from);
  }

  @Override
  public FSDataOutputStream append(Path file, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("nothing is appended to an object: " + file);
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return new FSDataOutputStream(new Upload(file), null);
  }

  private FSDataOutputStream local(Path file) throws IOException {
    return super.create(file, true, 4096, (short) 1, 1 << 20, null);
  }

  /** What is written until it is closed or aborted. */
  private final class Upload extends ByteArrayOutputStream implements Abortable {
    private final Path file;
    private boolean over;

    Upload(Path file) {
      this.file = file;
    }

    @Override
    public void close() throws IOException {
      if (over) {
        return;
      }
      over = true;
      try (FSDataOutputStream out = local(file)) {
        writeTo(out);
      }
    }

    @Override
    public AbortableResult abort() {
      boolean already = over;
      over = true;
      return new AbortableResult() {
        @Override
        public boolean alreadyClosed() {
          return already;
        }

        @Override
        public @Nullable IOException anyCleanupException() {
          return null;
        }
      };
    }
  }
}
