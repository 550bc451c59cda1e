package io.lockstep.deploy.storage;

import java.io.IOException;
import java.util.Map;

/** A file system of Hadoop's, with its server in this process. */
interface Elsewhere extends AutoCloseable {
  /** The address of a folder for tests, without a slash at its end. */
  String root();

  /** What Spark and Lockstep must be told to reach it. */
  Map<String, String> settings();

  @Override
  void close() throws IOException;
}
