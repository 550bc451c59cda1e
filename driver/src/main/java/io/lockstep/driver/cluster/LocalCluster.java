package io.lockstep.driver.cluster;

import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Spark standalone cluster on this machine's loopback: one master and some workers, each a
 * process of its own, which outlive the process that started them until they are stopped.
 *
 * <pre>{@code
 * try (LocalCluster cluster = LocalCluster.start(ClusterSettings.of(sparkHome))) {
 *   ... cluster.master() ...
 * }
 * }</pre>
 *
 * <p>Its directory holds {@code cluster.json} (master's URL, processes), {@code logs}, {@code work}
 * (the executors' output, a folder a worker), {@code scratch} and an empty {@code conf}.
 */
public final class LocalCluster implements AutoCloseable {
  static final String HOST = "127.0.0.1";
  private static final String LOCK = "lock";
  private static final int ATTEMPTS = 3;
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Path directory;
  private final ClusterState state;

  private LocalCluster(Path directory, ClusterState state) {
    this.directory = directory;
    this.state = state;
  }

  /**
   * Starts a cluster and waits until all workers are registered with the master.
   *
   * @throws ConfigurationException if a cluster already runs in that directory, or other files are
   *     in it
   * @throws IOException if it did not come up within {@code settings.timeout()}; the message ends
   *     with the log of the process at fault, and nothing is left behind
   */
  public static LocalCluster start(ClusterSettings settings) throws IOException {
    Path directory = settings.directory();
    Files.createDirectories(directory);
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock(channel, directory);
      claim(directory);
      return startIn(settings);
    }
  }

  private static LocalCluster startIn(ClusterSettings settings) throws IOException {
    Path directory = settings.directory();
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          return new LocalCluster(directory, new Start(settings).run());
        } catch (PortTaken taken) {
          if (attempt == ATTEMPTS) {
            throw taken;
          }
          stopAll(directory);
        }
      }
    } catch (IOException | RuntimeException | Error failure) {
      stopAll(directory);
      delete(directory);
      throw failure;
    }
  }

  /**
   * The cluster that runs in a directory.
   *
   * @throws ConfigurationException if there is none
   */
  public static LocalCluster running(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    return new LocalCluster(
        absolute,
        ClusterState.read(absolute)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "no cluster to stop: "
                            + ClusterState.file(absolute)
                            + " does not exist (start one with 'lockstep cluster start', or name"
                            + " its directory with --dir)")));
  }

  /** The URL for {@code cluster.master}, such as {@code spark://127.0.0.1:40123}. */
  public String master() {
    return state.master();
  }

  /** Where state, logs and the executors' output are. */
  public Path directory() {
    return directory;
  }

  /** The processes of master and workers that run, the master first. */
  public List<ProcessHandle> daemons() {
    return state.running();
  }

  /** The processes that workers have started (executors) and that run. */
  public List<ProcessHandle> executors() {
    List<ProcessHandle> daemons = daemons();
    return processes(directory, state).stream()
        .filter(process -> !daemons.contains(process))
        .toList();
  }

  /**
   * Ends the cluster's processes and those of its executors, no others, and removes its directory.
   */
  @Override
  public void close() throws IOException {
    stopAll(directory);
    delete(directory);
  }

  /**
   * True while a process has not ended. One that has ended but whose parent has not asked for its
   * exit code (a zombie, which the JDK calls alive) has ended.
   */
  public static boolean runs(ProcessHandle process) {
    if (!process.isAlive()) {
      return false;
    }
    try {
      String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return status.charAt(status.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException noSuchFileSystemOrProcess) {
      return process.isAlive();
    }
  }

  /** One start at a time in a directory, in this JVM or another, until the channel is closed. */
  private static void lock(FileChannel channel, Path directory) throws IOException {
    boolean locked;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException inThisVirtualMachine) {
      locked = false;
    }
    if (!locked) {
      throw new ConfigurationException("another cluster is just being started in " + directory);
    }
  }

  /**
   * Says why the directory cannot be used; removes what a cluster that was killed has left in it.
   */
  private static void claim(Path directory) throws IOException {
    Optional<ClusterState> found = ClusterState.read(directory);
    if (found.isPresent() && !found.get().running().isEmpty()) {
      throw new ConfigurationException(
          "a cluster already runs at "
              + found.get().master()
              + " ("
              + directory
              + "): stop it with 'lockstep cluster stop', or start another with --dir");
    }
    if (found.isPresent()) {
      stopAll(directory); // its daemons are gone; executors may be left
      delete(directory);
      Files.createDirectories(directory);
    }
    try (Stream<Path> files = Files.list(directory)) {
      Optional<Path> foreign = files.filter(file -> !file.endsWith(LOCK)).findAny();
      if (foreign.isPresent()) {
        throw new ConfigurationException(
            "the cluster's directory must be empty or absent, found " + foreign.get());
      }
    }
  }

  /**
   * Asks all processes of the cluster to end, and kills those that do not within the grace time.
   */
  private static void stopAll(Path directory) throws IOException {
    ClusterState state = ClusterState.read(directory).orElse(null);
    Set<ProcessHandle> processes = processes(directory, state);
    processes.forEach(ProcessHandle::destroy);
    if (await(GRACE, () -> processes.stream().noneMatch(LocalCluster::runs))) {
      return;
    }
    Set<ProcessHandle> left = processes(directory, state);
    left.addAll(processes);
    left.stream().filter(LocalCluster::runs).forEach(ProcessHandle::destroyForcibly);
    if (!await(GRACE, () -> left.stream().noneMatch(LocalCluster::runs))) {
      throw new IOException(
          "processes of the cluster did not end: "
              + left.stream().filter(LocalCluster::runs).map(ProcessHandle::pid).toList());
    }
  }

  /**
   * Daemons, what descends from them, and executors whose worker has died: those have their working
   * directory in the cluster's, which no other process has.
   */
  private static Set<ProcessHandle> processes(Path directory, @Nullable ClusterState state) {
    Set<ProcessHandle> found = new LinkedHashSet<>();
    if (state == null) {
      return found;
    }
    for (ProcessHandle daemon : state.running()) {
      found.add(daemon);
      daemon.descendants().forEach(found::add);
    }
    Path work = directory.resolve("work");
    ProcessHandle.allProcesses()
        .filter(process -> workingDirectory(process).map(in -> in.startsWith(work)).orElse(false))
        .forEach(found::add);
    return found;
  }

  private static Optional<Path> workingDirectory(ProcessHandle process) {
    try {
      return Optional.of(
          Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")));
    } catch (IOException | SecurityException another) { // another user's, or just ended
      return Optional.empty();
    }
  }

  static boolean await(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    return true;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** The last lines of a log, for an error's message. */
  static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException unreadable) {
      return "(no log at " + log + ")";
    }
  }

  /** The chosen port went to another process before the master could bind it. */
  private static final class PortTaken extends IOException {
    private static final long serialVersionUID = 1L;

    PortTaken(String message) {
      super(message);
    }
  }

  /** One attempt to start all processes. */
  private static final class Start {
    private final ClusterSettings settings;
    private final Path directory;
    private final SparkDaemons spark;
    private final List<Daemon> daemons = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final String master;
    private final String page;
    private final int port;
    private final int pagePort;

    Start(ClusterSettings settings) throws IOException {
      this.settings = settings;
      this.directory = settings.directory();
      this.spark = new SparkDaemons(settings);
      for (String folder : List.of("conf", "logs", "scratch", "work")) {
        Files.createDirectories(directory.resolve(folder));
      }
      try (ServerSocket first = freePort();
          ServerSocket second = freePort()) {
        this.port = first.getLocalPort();
        this.pagePort = second.getLocalPort();
      }
      this.master = "spark://" + HOST + ":" + port;
      this.page = "http://" + HOST + ":" + pagePort;
    }

    ClusterState run() throws IOException {
      launch(
          "master",
          "org.apache.spark.deploy.master.Master",
          List.of("--host", HOST, "--port", text(port), "--webui-port", text(pagePort)));
      for (int worker = 0; worker < settings.workers(); worker++) {
        String role = "worker-" + worker;
        launch(
            role,
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                HOST,
                "--webui-port",
                "0",
                "--cores",
                text(settings.coresPerWorker()),
                "--memory",
                settings.memoryMegabytesPerWorker() + "m",
                "--work-dir",
                directory.resolve("work").resolve(role).toString(),
                master));
      }
      boolean up =
          await(
              settings.timeout(),
              () -> ended() >= 0 || MasterPage.aliveWorkers(page, master) == settings.workers());
      int ended = ended();
      if (ended >= 0) {
        String log = tail(spark.log(daemons.get(ended).role()));
        String message =
            "Spark's " + daemons.get(ended).role() + " ended while the cluster started:\n" + log;
        throw log.contains("BindException") ? new PortTaken(message) : new IOException(message);
      }
      if (!up) {
        throw new IOException(
            "the cluster did not come up within "
                + settings.timeout().toSeconds()
                + " s: "
                + MasterPage.aliveWorkers(page, master)
                + " of "
                + settings.workers()
                + " workers registered; the master's log ends:\n"
                + tail(spark.log("master")));
      }
      return new ClusterState(master, page, daemons);
    }

    private void launch(String role, String type, List<String> arguments) throws IOException {
      Process process = spark.start(role, type, arguments);
      processes.add(process);
      daemons.add(Daemon.of(role, process.toHandle()));
      new ClusterState(master, page, daemons).write(directory);
    }

    /** The index of a process that has ended, or -1. */
    private int ended() {
      for (int i = 0; i < processes.size(); i++) {
        if (!processes.get(i).isAlive()) {
          return i;
        }
      }
      return -1;
    }

    private static ServerSocket freePort() {
      try {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      } catch (IOException none) {
        throw new UncheckedIOException("no free port on " + HOST, none);
      }
    }

    private static String text(int number) {
      return Integer.toString(number);
    }
  }
}
