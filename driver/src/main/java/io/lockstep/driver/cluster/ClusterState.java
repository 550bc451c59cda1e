package io.lockstep.driver.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What {@code cluster.json} in a cluster's directory says, rewritten after every process that is
 * started: a start that was killed half-way can still be stopped.
 *
 * @param master the URL for {@code cluster.master}
 * @param page the master's web page
 * @param daemons master and workers
 */
record ClusterState(String master, String page, List<Daemon> daemons) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  ClusterState {
    daemons = List.copyOf(daemons);
  }

  static Path file(Path directory) {
    return directory.resolve("cluster.json");
  }

  static Optional<ClusterState> read(Path directory) throws IOException {
    Path file = file(directory);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(Files.readAllBytes(file), ClusterState.class))
        : Optional.empty();
  }

  void write(Path directory) throws IOException {
    Path aside = directory.resolve("cluster.json.new");
    Files.write(aside, JSON.writeValueAsBytes(this));
    Files.move(
        aside,
        file(directory),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The processes that still run. */
  List<ProcessHandle> running() {
    return daemons.stream().flatMap(daemon -> daemon.process().stream()).toList();
  }
}
