package io.lockstep.driver.spark.source;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Finds the files of a folder and of the folders in it. */
final class ImageFiles {
  private ImageFiles() {}

  /**
   * All files, in the order of their paths, without those that begin with {@code _} or a dot or lie
   * in folders that do.
   *
   * @throws ConfigurationException where there is none
   */
  static List<String> find(Options options, Configuration hadoop) {
    Path path = new Path(options.get(ImagesSource.PATH));
    List<String> found = new ArrayList<>();
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] matches = files.globStatus(path);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        add(files, match, found);
      }
    } catch (FileNotFoundException e) {
      found.clear();
    } catch (IOException e) {
      throw new ConfigurationException(
          options.error(ImagesSource.PATH, "must name a folder that can be read").getMessage()
              + ": "
              + e.getMessage(),
          e);
    }
    if (found.isEmpty()) {
      throw options.error(ImagesSource.PATH, "must name a folder with images");
    }
    found.sort(null);
    return List.copyOf(found);
  }

  private static void add(FileSystem files, FileStatus status, List<String> found)
      throws IOException {
    if (!status.isDirectory()) {
      found.add(status.getPath().toString());
      return;
    }
    for (FileStatus inside : files.listStatus(status.getPath())) {
      String name = inside.getPath().getName();
      if (!name.startsWith("_") && !name.startsWith(".")) {
        add(files, inside, found);
      }
    }
  }

  /** The label of a file: the name of the folder that it lies in. */
  static String label(String file) {
    Path folder = new Path(file).getParent();
    return folder == null ? "" : folder.getName();
  }
}
