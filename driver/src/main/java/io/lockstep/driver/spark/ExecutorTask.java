package io.lockstep.driver.spark;

import akka.actor.typed.ActorRef;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.StreamKind;
import io.lockstep.driver.coordinator.ProcessSystem;
import io.lockstep.driver.coordinator.RunId;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToServers;
import io.lockstep.driver.coordinator.ToWorker;
import io.lockstep.driver.server.actor.HostedServers;
import io.lockstep.driver.server.actor.ServerHost;
import io.lockstep.driver.server.actor.ServerPlan;
import io.lockstep.driver.storage.Storage;
import io.lockstep.worker.Canary;
import io.lockstep.worker.Crew;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.WorkerLoop;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.data.StreamData;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import io.lockstep.worker.link.Endpoint;
import io.lockstep.worker.link.LinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * One worker as a plain Spark task: reads its streams, joins the coordinator, hosts what servers it
 * is given, and computes until the run is over. Where it fails, Spark makes another attempt, which
 * joins again.
 */
final class ExecutorTask implements VoidFunction<Iterator<StreamRows>> {
  private static final long serialVersionUID = 1L;

  /** Five attempts of a worker end a run; all of them take less than cluster.joinTimeout. */
  private static final Duration REACH = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorTask.class);

  private final TaskPlan plan;

  ExecutorTask(TaskPlan plan) {
    this.plan = plan;
  }

  @Override
  public void call(Iterator<StreamRows> streams) throws InterruptedException, LinkException {
    RunConfiguration configuration =
        RunConfiguration.parse(plan.configuration(), "the run's configuration");
    ClusterSection cluster = configuration.cluster();
    String run = RunId.enter(configuration.name(), plan.runToken());
    LOG.info(
        "run {}: worker {}, attempt {}, begins; its coordinator is {}",
        run,
        TaskContext.getPartitionId(),
        TaskContext.get().taskAttemptId(),
        plan.coordinator());
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    try (ProcessSystem system =
        ProcessSystem.open(
            plan.runToken(), Endpoint.at(host), cluster.heartbeat(), cluster.failureTimeout())) {
      if (!CoordinatorReach.of(plan.coordinator()).check(system, REACH)) {
        LOG.info("run {} is over; Spark tried a task again that had failed", run);
        return;
      }
      ActorRef<ToCoordinator> coordinator = system.find(plan.coordinator());
      try {
        work(configuration, host, system, coordinator, streams);
      } catch (DataException | ConfigurationException e) {
        coordinator.tell(
            new ToCoordinator.Hopeless(
                TaskContext.getPartitionId(), String.valueOf(e.getMessage())));
        throw e;
      }
    }
  }

  private void work(
      RunConfiguration configuration,
      String host,
      ProcessSystem system,
      ActorRef<ToCoordinator> coordinator,
      Iterator<StreamRows> streams)
      throws InterruptedException, LinkException {
    int worker = TaskContext.getPartitionId();
    long attempt = TaskContext.get().taskAttemptId();
    RunParts parts = RunParts.of(configuration, plan.data().training().epoch());
    Map<Integer, SliceStream> training = new TreeMap<>();
    Map<Integer, SliceStream> validation = new TreeMap<>();
    read(streams, configuration.seed(), training, validation);
    int slice = configuration.batch().slice();
    Runnable device = device();
    device.run();
    Fingerprint fingerprint = Canary.fingerprint(configuration, parts.network(), slice);
    TaskControl control = new TaskControl(worker, attempt, coordinator::tell);
    try (Crew crew =
            new Crew(
                parts.network(),
                parts.layout(),
                parts.tree(),
                configuration.seed(),
                parts.tree().runStart(worker, plan.workers()),
                List.copyOf(training.values()),
                List.copyOf(validation.values()),
                slice,
                configuration.cluster().threads(),
                device);
        HostedServers servers = new HostedServers(serverPlan(parts, host), coordinator::tell)) {
      String name = "worker-" + worker + "-" + attempt;
      ActorRef<ToServers> serverHost = system.start(ServerHost.create(servers), name + "-servers");
      ActorRef<ToWorker> task = system.start(TaskActor.create(coordinator, control), name);
      try {
        control.join(
            new ToCoordinator.Join(
                plan.runToken(),
                plan.submission(),
                worker,
                attempt,
                ProcessHandle.current().pid(),
                host,
                fingerprint,
                task,
                serverHost));
        new WorkerLoop(
                plan.runToken(),
                worker,
                attempt,
                parts.layout(),
                parts.milestones(),
                parts.update().views(),
                crew,
                control)
            .run();
      } finally {
        task.tell(new ToWorker.Stop("the task has ended"));
        serverHost.tell(new ToServers.Close());
      }
    }
  }

  /** Makes the GPU that Spark gave this task the calling thread's; nothing on the CPU. */
  private static Runnable device() {
    return GivenDevice.of(TaskContext.get().resourcesJMap(), NativeSettings.device())
        .<Runnable>map(gpu -> gpu::use)
        .orElse(() -> {});
  }

  private void read(
      Iterator<StreamRows> streams,
      long seed,
      Map<Integer, SliceStream> training,
      Map<Integer, SliceStream> validation) {
    while (streams.hasNext()) {
      StreamRows next = streams.next();
      if (next.kind() == StreamKind.TRAINING) {
        training.put(next.stream(), stream(next, seed));
      } else if (plan.data().validation() != null) {
        validation.put(next.stream(), stream(next, seed));
      }
    }
  }

  private SliceStream stream(StreamRows rows, long seed) {
    StreamData data = StreamData.read(plan.data(), rows.kind(), rows.stream(), rows.rows());
    DataPlan.Streams streams = plan.data().streams(rows.kind());
    return rows.kind() == StreamKind.TRAINING
        ? SliceStream.shuffled(data, plan.data().scaling(), streams.epoch(), seed, rows.stream())
        : SliceStream.inOrder(data, plan.data().scaling(), streams.epoch());
  }

  private ServerPlan serverPlan(RunParts parts, String host) {
    return ServerPlan.of(
        parts,
        plan.runToken(),
        new Checkpoints(storage().checkpoints(plan.checkpoints())),
        Endpoint.at(host),
        Path.of(plan.socketFolder()));
  }

  /** With the settings that Spark gave this executor. */
  private static Storage storage() {
    return Storage.with(
        Arrays.stream(SparkEnv.get().conf().getAll())
            .collect(Collectors.toMap(Tuple2::_1, Tuple2::_2)));
  }
}
