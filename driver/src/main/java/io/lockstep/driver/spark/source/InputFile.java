package io.lockstep.driver.spark.source;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * A file of a source.
 *
 * @param path with its scheme
 * @param length in bytes, as stored
 * @param compressed whether its name ends as a codec of Hadoop wants it ({@code .gz}, {@code .bz2},
 *     ...); such files are read from their beginning, in one piece
 */
record InputFile(String path, long length, boolean compressed) implements Serializable {
  /**
   * The files that a path names: a file, the files of a folder, or what a pattern matches; in the
   * order of their names, without those that begin with {@code _} or a dot.
   *
   * @throws ConfigurationException where there is none
   */
  static List<InputFile> find(Options options, Key<String> key, Configuration hadoop) {
    Path path = new Path(options.get(key));
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] matches = files.globStatus(path);
      List<FileStatus> found = new ArrayList<>();
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        if (match.isDirectory()) {
          Arrays.stream(files.listStatus(match.getPath()))
              .filter(InputFile::isData)
              .forEach(found::add);
        } else {
          found.add(match);
        }
      }
      if (found.isEmpty()) {
        throw options.error(key, "must name a file that exists");
      }
      var codecs = new CompressionCodecFactory(hadoop);
      return found.stream()
          .sorted(Comparator.comparing(file -> file.getPath().toString()))
          .map(
              file ->
                  new InputFile(
                      file.getPath().toString(),
                      file.getLen(),
                      codecs.getCodec(file.getPath()) != null))
          .toList();
    } catch (FileNotFoundException e) {
      throw options.error(key, "must name a file that exists");
    } catch (IOException e) {
      throw new ConfigurationException(
          options.error(key, "must name a file that can be read").getMessage()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static boolean isData(FileStatus file) {
    String name = file.getPath().getName();
    return file.isFile() && !name.startsWith("_") && !name.startsWith(".");
  }

  /** Opens the file at its beginning, unpacked. */
  InputStream open(Configuration hadoop) throws IOException {
    return open(hadoop, 0);
  }

  /**
   * Opens the file.
   *
   * @param from the first byte, of the unpacked file
   */
  InputStream open(Configuration hadoop, long from) throws IOException {
    Path file = new Path(path);
    FSDataInputStream stored = file.getFileSystem(hadoop).open(file);
    try {
      CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
      if (codec == null) {
        stored.seek(from);
        return stored;
      }
      InputStream unpacked = codec.createInputStream(stored);
      unpacked.skipNBytes(from);
      return unpacked;
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  /** The path as the user would write it: without the scheme where the file is local. */
  String shown() {
    return show(path);
  }

  /** A path as the user would write it: without the scheme where the file is local. */
  static String show(String path) {
    return path.replaceFirst("^file:/+", "/");
  }
}
