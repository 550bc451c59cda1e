package io.lockstep.driver;

import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.Placement;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.server.door.Assignment;
import io.lockstep.driver.server.door.Door;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.driver.server.process.StorageMark;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The door to a run's server processes; closed to all where servers live elsewhere. */
final class ProcessesDoor implements AutoCloseable {
  private final @Nullable Door door;
  private final @Nullable StorageMark mark;

  private ProcessesDoor(@Nullable Door door, @Nullable StorageMark mark) {
    this.door = door;
    this.mark = mark;
  }

  /**
   * Takes its port, and marks the place of the checkpoints, where the run has server processes.
   *
   * @throws io.lockstep.common.config.ConfigurationException where there is no secret, or it cannot
   *     listen there
   */
  static ProcessesDoor at(
      DriverEndpoints endpoints, ClusterSection cluster, CheckpointStore store, String runToken) {
    if (cluster.placement() != Placement.PROCESSES) {
      return new ProcessesDoor(null, null);
    }
    Door door = endpoints.openDoor(secret(cluster));
    try {
      return new ProcessesDoor(door, StorageMark.put(store, runToken));
    } catch (RuntimeException e) {
      door.close();
      throw e;
    }
  }

  /** The secret, checked before anything begins. */
  static SharedSecret secret(ClusterSection cluster) {
    String file = cluster.secretFile();
    return SharedSecret.find(
        file.isEmpty() ? null : Location.of(file),
        Storage.with(cluster.spark()),
        "cluster.secretFile",
        System.getenv());
  }

  /** {@code HOST:PORT}; empty where servers live elsewhere. */
  String address() {
    return door == null ? "" : door.address();
  }

  /** What the user starts, where processes are waited for. */
  Optional<String> invitation() {
    return door == null
        ? Optional.empty()
        : Optional.of(
            "waiting for server processes: deploy/lockstep server --coordinator " + door.address());
  }

  /** Lets processes in from now on; the office hears of them. */
  void open(
      RunConfiguration configuration,
      EpochPlan epochs,
      String runToken,
      String coordinator,
      String checkpoints,
      String socketFolder,
      RunOffice office) {
    if (door == null || mark == null) {
      return;
    }
    office.open(door);
    door.open(
        new Assignment(
            0,
            configuration.toYaml(),
            epochs,
            runToken,
            coordinator,
            checkpoints,
            mark.name(),
            socketFolder),
        new Door.Watch() {
          @Override
          public void left(int process, String how) {
            office.tell(new ToCoordinator.ProcessGone(process, how));
          }

          @Override
          public void turnedAway(String reason) {
            office.tell(new ToCoordinator.Notice(reason));
          }
        });
  }

  /** Tells all processes that the run ended as it should, with which they do too. */
  void done() {
    if (door != null) {
      door.done();
    }
  }

  /** Tells all processes that the run has failed, with which they do too. */
  void failed(String reason) {
    if (door != null) {
      door.failed(reason);
    }
  }

  @Override
  public void close() {
    if (door != null) {
      door.close();
    }
    if (mark != null) {
      mark.close();
    }
  }
}
