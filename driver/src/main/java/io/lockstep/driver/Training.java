package io.lockstep.driver;

import akka.actor.typed.ActorRef;
import io.lockstep.common.checkpoint.Agreement;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Placement;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.optim.View;
import io.lockstep.driver.coordinator.Coordinator;
import io.lockstep.driver.coordinator.NoiseAverages;
import io.lockstep.driver.coordinator.Outcome;
import io.lockstep.driver.coordinator.ProcessSystem;
import io.lockstep.driver.coordinator.RunId;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.coordinator.RunPlan;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToServers;
import io.lockstep.driver.metrics.Figure;
import io.lockstep.driver.metrics.Figures;
import io.lockstep.driver.metrics.RunBoard;
import io.lockstep.driver.metrics.RunFigures;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.RunListener.Phase;
import io.lockstep.driver.report.SafetensorsWriter;
import io.lockstep.driver.report.ServerHome;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.server.actor.FirstCheckpoint;
import io.lockstep.driver.server.actor.HostedServers;
import io.lockstep.driver.server.actor.ServerCanary;
import io.lockstep.driver.server.actor.ServerHost;
import io.lockstep.driver.server.actor.ServerPlan;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.driver.spark.Dealing;
import io.lockstep.driver.spark.Dealt;
import io.lockstep.driver.spark.SparkRuntime;
import io.lockstep.driver.spark.TrainJob;
import io.lockstep.driver.weights.NamedWeights;
import io.lockstep.worker.link.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run, from its configuration to its weights: the one place that builds everything and passes it
 * in. Spark, the data, the servers and the coordinator live inside {@link #run} and are gone when
 * it returns.
 */
public final class Training {
  private static final Logger LOG = LoggerFactory.getLogger(Training.class);
  private static final Duration TASKS_END = Duration.ofSeconds(10);

  private final RunConfiguration configuration;
  private final RunDirectory directory;
  private final RunListener listener;
  private final BooleanSupplier enough;
  private final Set<Outcome.Kind> expected;
  private final Checkpoints checkpoints;
  private final long start = System.nanoTime();
  private final List<String> notes = new ArrayList<>();
  private final RunBoard board = RunBoard.ofProcess();
  private String runId = "";
  private String driverHost = "";

  /** What is done with a run that has ended as it should. */
  @FunctionalInterface
  private interface Finish<T> {
    T of(RunParts parts, RunPlan plan, Outcome outcome);
  }

  private Training(
      RunConfiguration configuration,
      RunDirectory directory,
      RunListener listener,
      BooleanSupplier enough,
      Set<Outcome.Kind> expected) {
    this.configuration = configuration;
    this.directory = directory;
    this.listener =
        Stream.of(directory, new RunFigures(Figures.ofProcess()), board, listener)
            .reduce(RunListener.NONE, RunListener::both);
    this.enough = enough;
    this.expected = expected;
    this.checkpoints = new Checkpoints(directory.checkpoints());
  }

  /**
   * Trains.
   *
   * @param configuration resolved: paths absolute
   * @param directory receives everything that the run writes down
   * @param resume whether to go on from the directory's last checkpoint; without one the run begins
   *     anew
   * @param listener is told besides the directory
   * @return what {@code summary.json} says
   * @throws ConfigurationException where the configuration cannot be run
   * @throws io.lockstep.common.data.DataException where the data are wrong or have changed
   * @throws io.lockstep.common.checkpoint.CheckpointException where the checkpoint is damaged or of
   *     another configuration
   * @throws RunFailedException where the run ended early
   */
  public static Summary run(
      RunConfiguration configuration,
      RunDirectory directory,
      boolean resume,
      RunListener listener) {
    Training training =
        new Training(
            configuration, directory, listener, () -> false, EnumSet.of(Outcome.Kind.DONE));
    return training.run(resume, training::finish);
  }

  /**
   * Trains for the sake of what the listener sees. The run ends after its last step, when the
   * listener has seen enough, or when a loss or gradient is not finite, which is no error here; it
   * writes neither weights nor a summary.
   *
   * @param configuration resolved: paths absolute
   * @param directory receives everything else that the run writes down
   * @param listener is told besides the directory
   * @param enough asked after every step that the listener was told of; some more may follow
   * @return {@link Outcome.Kind#DONE}, {@link Outcome.Kind#ENOUGH} or {@link
   *     Outcome.Kind#NOT_FINITE}
   * @throws ConfigurationException where the configuration cannot be run
   * @throws io.lockstep.common.data.DataException where the data are wrong
   * @throws RunFailedException where the run ended in any other way
   */
  public static Outcome observe(
      RunConfiguration configuration,
      RunDirectory directory,
      RunListener listener,
      BooleanSupplier enough) {
    Set<Outcome.Kind> expected =
        EnumSet.of(Outcome.Kind.DONE, Outcome.Kind.ENOUGH, Outcome.Kind.NOT_FINITE);
    Training training = new Training(configuration, directory, listener, enough, expected);
    return training.run(false, (parts, plan, outcome) -> outcome);
  }

  private <T> T run(boolean resume, Finish<T> finish) {
    board.begin(configuration.name());
    try {
      T result = begin(resume, finish);
      board.end();
      return result;
    } catch (RuntimeException e) {
      board.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private <T> T begin(boolean resume, Finish<T> finish) {
    int slices = configuration.batch().slices();
    if (configuration.cluster().workers() > slices) {
      throw new ConfigurationException(
          "cluster.workers must be at most batch.size / batch.slice ("
              + slices
              + " slices), got "
              + configuration.cluster().workers());
    }
    if (configuration.cluster().placement() == Placement.PROCESSES) {
      SharedSecret unused = ProcessesDoor.secret(configuration.cluster());
    }
    RunParts parts = RunParts.of(configuration, new EpochPlan(configuration.batch().slice(), 1));
    Optional<Manifest> from = resume ? checkpoints.latest() : Optional.empty();
    from.ifPresent(m -> Agreement.check(m, agreement(parts)));
    from.ifPresent(m -> Agreement.checkState(m, parts.update().stateNames()));
    long firstStep = from.map(Manifest::step).orElse(0L);
    checkpoints.cutBackTo(firstStep);
    listener.cutBack(firstStep);
    listener.phase(Phase.STARTING);
    configuration.wire().note().ifPresent(this::note);
    try (Interruption interruption = Interruption.install();
        SparkRuntime spark = SparkRuntime.start(configuration)) {
      listener.phase(Phase.READING);
      try (Dealt data = Dealing.deal(spark.session(), configuration)) {
        data.requireLabels(parts.network().labelWidth());
        from.flatMap(manifest -> directory.tokenizer()).ifPresent(data::refuseOtherTokenizer);
        from.ifPresent(manifest -> data.refuseChange(manifest.training(), manifest.validation()));
        directory.writeDescription(data.description());
        data.notices().forEach(this::note);
        return train(spark, data, from, interruption, finish);
      }
    }
  }

  private void note(String message) {
    notes.add(message);
    listener.note(message);
  }

  private <T> T train(
      SparkRuntime spark,
      Dealt data,
      Optional<Manifest> from,
      Interruption interruption,
      Finish<T> finish) {
    RunParts parts = RunParts.of(configuration, data.plan().training().epoch());
    ClusterSection cluster = configuration.cluster();
    String runToken = RunToken.next();
    runId = RunId.enter(configuration.name(), runToken);
    board.enter(runId);
    LOG.info("run {} begins in {}", runId, directory.path());
    Manifest manifest = manifest(parts, data.plan(), from);
    DriverEndpoints endpoints = DriverEndpoints.of(cluster, spark.host(), spark.bindAddress());
    driverHost = endpoints.data().host();
    RunOffice office =
        new RunOffice(
            configuration, directory, listener, enough, checkpoints, manifest, parts, notes);
    try (SocketFolder sockets = SocketFolder.create(directory.place());
        ProcessSystem system = endpoints.openControl(runToken, cluster);
        HostedServers servers =
            new HostedServers(
                serverPlan(parts, manifest, runToken, endpoints.data(), sockets), office::tell);
        ProcessesDoor door = ProcessesDoor.at(endpoints, cluster, checkpoints.store(), runToken)) {
      RunPlan plan = plan(parts, data.plan(), runToken, manifest, door.address());
      ActorRef<ToServers> serverHost = system.start(ServerHost.create(servers), "driver-servers");
      ActorRef<ToCoordinator> coordinator =
          system.start(
              Coordinator.create(plan, office, serverHost, System::nanoTime), "coordinator");
      try (TrainJob job =
          TrainJob.create(
              spark.session(),
              data,
              configuration.toYaml(),
              runToken,
              system.addressOf(coordinator),
              coordinator,
              directory.checkpointsPlace(),
              sockets.path().toString(),
              workers -> describe(parts, manifest.step(), workers))) {
        office.open(coordinator, job);
        door.open(
            configuration,
            data.plan().training().epoch(),
            runToken,
            system.addressOf(coordinator),
            directory.checkpointsPlace(),
            sockets.path().toString(),
            office);
        door.invitation().ifPresent(listener::note);
        interruption.onRequest(() -> office.tell(new ToCoordinator.Interrupt("it was stopped")));
        listener.phase(Phase.JOINING);
        job.submit(1, cluster.workers());
        Outcome outcome = office.await();
        if (!expected.contains(outcome.kind())) {
          door.failed(outcome.reason());
          job.end(TASKS_END);
          throw new RunFailedException(failure(outcome));
        }
        door.done();
        job.end(TASKS_END);
        return finish.of(parts, plan, outcome);
      }
    }
  }

  /** What Spark's page calls the job. */
  private String describe(RunParts parts, long firstStep, int workers) {
    long done = Math.max(firstStep, (long) Figures.ofProcess().get(Figure.STEP));
    long last = parts.milestones().lastStep();
    EpochPlan epochs = parts.milestones().epochs();
    return String.format(
        Locale.ROOT,
        "%s: steps %d to %d, epochs %d to %d, on %d workers",
        runId,
        done + 1,
        last,
        epochs.epoch(done) + 1,
        epochs.epoch(last - 1) + 1,
        workers);
  }

  /** With the checkpoint of step 0 written, where first values come from files. */
  private ServerPlan serverPlan(
      RunParts parts, Manifest manifest, String runToken, Endpoint endpoint, SocketFolder sockets) {
    ServerPlan plan = ServerPlan.of(parts, runToken, checkpoints, endpoint, sockets.path());
    if (plan.begun() && checkpoints.steps().isEmpty()) {
      try (NamedWeights weights = NamedWeights.open(configuration, parts.network())) {
        FirstCheckpoint.write(plan.withFirstValues(weights::fill), manifest);
      }
    }
    return plan;
  }

  private RunPlan plan(
      RunParts parts, DataPlan data, String runToken, Manifest manifest, String door) {
    ClusterSection cluster = configuration.cluster();
    boolean processes = cluster.placement() == Placement.PROCESSES;
    return new RunPlan(
        runToken,
        parts.layout(),
        configuration.batch().slices(),
        data.training().summaries(),
        parts.milestones(),
        manifest.step(),
        cluster.workers(),
        cluster.servers(),
        cluster.placement(),
        cluster.processes(),
        processes ? ServerCanary.fingerprint(parts).canary() : "",
        door,
        parts.network()::metrics,
        parts.schedule().restore(manifest.schedule()),
        NoiseAverages.restore(manifest.gradientNoise()),
        configuration.train().gradientNorms(),
        cluster.joinTimeout(),
        manifest.fingerprint(),
        configuration.allowDifferentFingerprint());
  }

  /** How often a run validates changes nothing, unless its rate follows from that. */
  private SortedMap<String, String> agreement(RunParts parts) {
    List<String> steering =
        parts.schedule().metric() == null ? List.of() : List.of("train.validateEvery");
    return Agreement.of(configuration.plain(), steering);
  }

  /** What every checkpoint of this run says, but for step and files. */
  private Manifest manifest(RunParts parts, DataPlan data, Optional<Manifest> from) {
    DataPlan.Streams validation = data.validation();
    List<StreamSummary> validationStreams = validation == null ? List.of() : validation.summaries();
    return new Manifest(
        Manifest.FORMAT,
        from.map(Manifest::step).orElse(0L),
        0,
        agreement(parts),
        parts.layout().chunkElements(),
        parts.layout().tensors(),
        parts.layout().whole(),
        parts.update().stateNames(),
        from.map(Manifest::schedule).orElse(parts.schedule().state()),
        from.map(Manifest::gradientNoise).orElse(List.of()),
        data.training().summaries(),
        validationStreams,
        from.map(Manifest::fingerprint).orElse(""),
        List.of());
  }

  private Summary finish(RunParts parts, RunPlan plan, Outcome outcome) {
    listener.phase(Phase.FINISHING);
    Map<View, String> hashes = writeWeights(parts, outcome.step());
    double trainSeconds = outcome.trainNanos() / 1e9;
    long steps = outcome.step();
    long trainExamples = plan.examplesUpTo(steps) - plan.examplesUpTo(steps - outcome.trainSteps());
    Summary summary =
        new Summary(
            configuration.name(),
            runId,
            steps,
            (double) steps / parts.milestones().epochs().stepsPerEpoch(),
            plan.examplesUpTo(steps),
            (System.nanoTime() - start) / 1e9,
            trainSeconds,
            trainSeconds > 0 ? trainExamples / trainSeconds : 0,
            outcome.workers(),
            plan.servers(),
            plan.placement().key(),
            homes(plan, outcome),
            plan.streams(),
            slicesByWorker(parts, outcome.workers()),
            processIds(outcome),
            outcome.restarts(),
            directory.lastEpochLoss(),
            configuration.wire().isLossy()
                ? OptionalLong.of(directory.skippedSteps())
                : OptionalLong.empty(),
            outcome.validation(),
            directory.description().labels().names(),
            outcome.reproducible() && !configuration.wire().isLossy(),
            outcome.fingerprint(),
            notes,
            Objects.requireNonNull(hashes.get(View.MODEL)),
            Optional.ofNullable(hashes.get(View.AVERAGE)));
    board.proved(summary.weightsSha256());
    directory.writeSummary(summary);
    directory.carry();
    return summary;
  }

  private String failure(Outcome outcome) {
    String checkpoint =
        outcome.step() == 0
            ? "it wrote no checkpoint yet"
            : "--resume goes on from its checkpoint " + Checkpoints.folder(outcome.step());
    return "the run "
        + configuration.name()
        + (outcome.kind() == Outcome.Kind.INTERRUPTED ? " was interrupted" : " failed")
        + ": "
        + outcome.reason()
        + "; "
        + checkpoint;
  }

  private static List<Integer> slicesByWorker(RunParts parts, int workers) {
    return IntStream.range(0, workers)
        .map(w -> parts.tree().runStart(w + 1, workers) - parts.tree().runStart(w, workers))
        .boxed()
        .toList();
  }

  private static List<Long> processIds(Outcome outcome) {
    List<Long> pids = new ArrayList<>(List.of(ProcessHandle.current().pid()));
    Stream.concat(outcome.pids().stream(), outcome.homes().stream().map(ServerHome::pid))
        .filter(pid -> !pids.contains(pid))
        .distinct()
        .forEach(pids::add);
    return pids;
  }

  private List<ServerHome> homes(RunPlan plan, Outcome outcome) {
    return plan.placement() == Placement.DRIVER
        ? List.of(
            new ServerHome(
                ProcessHandle.current().pid(),
                driverHost,
                IntStream.range(0, plan.servers()).boxed().toList()))
        : outcome.homes();
  }

  /** The hashes of what is written: the model, and the average where one is kept. */
  private Map<View, String> writeWeights(RunParts parts, long step) {
    Map<View, String> hashes = new EnumMap<>(View.class);
    try (SafetensorsWriter model = directory.writeModel(parts.layout().tensors())) {
      hashes.put(View.MODEL, write(parts, step, View.MODEL, model));
    }
    if (parts.update().views().contains(View.AVERAGE)) {
      try (SafetensorsWriter average = directory.writeAverage(parts.layout().tensors())) {
        hashes.put(View.AVERAGE, write(parts, step, View.AVERAGE, average));
      }
    }
    return hashes;
  }

  private String write(RunParts parts, long step, View view, SafetensorsWriter file) {
    float[] values = new float[parts.layout().longestChunk()];
    checkpoints.read(
        checkpoints.manifest(step),
        0,
        parts.layout().chunks().size(),
        (chunk, parameters, state) -> {
          parts.update().view(view, parts.update().bind(chunk, parameters, state), values);
          file.write(values, 0, chunk.length());
        });
    return file.finish();
  }
}
