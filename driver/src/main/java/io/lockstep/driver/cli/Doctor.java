package io.lockstep.driver.cli;

import com.sun.management.OperatingSystemMXBean;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.driver.report.Build;
import io.lockstep.driver.report.Figures;
import io.lockstep.driver.report.Reason;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at what a run needs: Java, cores, memory, native libraries, GPU, Spark, ports, disk.
 *
 * @param environment the process's
 * @param spark the Spark that the build stands on, such as {@code 4.1.0}
 * @param folder where runs are written
 * @param temporary where natives are unpacked and sockets are made
 */
record Doctor(Map<String, String> environment, String spark, Path folder, Path temporary) {
  private static final long LEAST_DISK_BYTES = 1L << 30;
  private static final double MOST_OF_MEMORY = 0.9;
  private static final String LAUNCH = "start through deploy/lockstep, which sets it";
  private static final Pattern SPARK_CORE = Pattern.compile("spark-core_2\\.13-(.+)\\.jar");

  static Doctor ofThisMachine() {
    return new Doctor(
        System.getenv(),
        String.valueOf(Build.versions().get("spark")),
        Path.of("").toAbsolutePath(),
        Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** Everything it looks at, in order. */
  List<Finding> examine() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.add(opens(ByteBuffer.class.getModule().isOpen("java.nio", Doctor.class.getModule())));
    findings.add(
        Finding.ok(
            "cores", Runtime.getRuntime().availableProcessors() + ", one slice each at a time"));
    findings.add(memory(physicalBytes(), Runtime.getRuntime().maxMemory()));
    findings.addAll(engine());
    findings.add(gpu());
    findings.add(sparkFinding());
    findings.add(ports());
    findings.add(unixSockets());
    findings.add(disk("disk (runs)", folder));
    findings.add(disk("disk (temporary)", temporary));
    return findings;
  }

  private static Finding java() {
    return Finding.ok(
        "java",
        Runtime.version()
            + ", "
            + System.getProperty("java.vm.name")
            + ", "
            + System.getProperty("java.home"));
  }

  static Finding opens(boolean open) {
    return open
        ? Finding.ok("java modules", "open to Spark")
        : Finding.wrong("java modules", "java.nio is closed to Spark", LAUNCH);
  }

  private static long physicalBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /** Tensors and natives live outside the heap, so the heap must leave room for them. */
  static Finding memory(long physicalBytes, long heapBytes) {
    String found =
        "%s, heap %s, %s left for tensors outside it"
            .formatted(
                Figures.bytes(physicalBytes),
                Figures.bytes(heapBytes),
                Figures.bytes(Math.max(0, physicalBytes - heapBytes)));
    return heapBytes <= MOST_OF_MEMORY * physicalBytes
        ? Finding.ok("memory", found)
        : Finding.wrong("memory", found, "make the heap smaller, such as LOCKSTEP_HEAP=4g");
  }

  /** Loads the native libraries and computes a small gradient. */
  private List<Finding> engine() {
    List<Finding> findings = new ArrayList<>();
    try {
      Map<String, String> facts = NativeSettings.facts();
      findings.add(
          Finding.ok(
              "native engine",
              facts.entrySet().stream()
                  .filter(fact -> !fact.getKey().equals("java"))
                  .map(fact -> fact.getKey() + " " + fact.getValue())
                  .collect(Collectors.joining(", "))));
      smallGradient();
      findings.add(Finding.ok("gradient", "a small one was computed"));
      findings.add(offHeap(NativeSettings.mostResidentBytes()));
    } catch (IllegalStateException e) {
      findings.add(Finding.wrong("native engine", Reason.of(e), LAUNCH));
    } catch (UnsatisfiedLinkError | NoClassDefFoundError | ExceptionInInitializerError e) {
      findings.add(
          Finding.wrong(
              "native engine",
              "the native libraries do not load: " + Reason.of(e),
              "Lockstep ships natives for Linux on x86-64 with AVX2 and glibc 2.17 or newer; check"
                  + " that "
                  + temporary
                  + " may hold executable files, or build with another -Dnd4j.classifier"));
    }
    return findings;
  }

  static Finding offHeap(long limitBytes) {
    return Finding.ok(
        "off-heap limit",
        limitBytes == 0
            ? "none"
            : Figures.bytes(limitBytes)
                + " for the whole process (-Dorg.bytedeco.javacpp.maxPhysicalBytes)");
  }

  private static void smallGradient() {
    Options layer =
        Options.of("model.layers[0]", Map.of("type", "dense", "name", "output", "units", 2));
    Network network =
        Network.of(
            new ModelSection(List.of(3), List.of(layer)),
            Options.of("loss", Map.of("type", "sparse-categorical-cross-entropy")),
            new LabelsSection(2, List.of()));
    try (Parameters parameters = network.allocate();
        SliceEngine engine = network.engine(parameters, 1)) {
      SliceBatch batch = new SliceBatch(1, network.inputSize(), network.labelWidth());
      batch.examples(1);
      engine.gradient(batch, 0, 0, 0, new float[network.size()]);
    }
  }

  private static Finding gpu() {
    Path driver = Path.of("/proc/driver/nvidia/version");
    return Finding.ok(
        "gpu",
        Files.exists(driver)
            ? "an NVIDIA driver is here; not used, this build computes on the CPU"
            : "none; not needed, this build computes on the CPU");
  }

  Finding sparkFinding() {
    String home = environment.getOrDefault("SPARK_HOME", "");
    if (home.isEmpty()) {
      return Finding.wrong("spark", "SPARK_HOME is not set", LAUNCH);
    }
    Optional<String> version = sparkVersion(Path.of(home, "jars"));
    if (version.isEmpty()) {
      return Finding.wrong(
          "spark",
          "no spark-core_2.13 in " + Path.of(home, "jars"),
          "set SPARK_HOME to a Spark " + spark + " for Scala 2.13, or unset it");
    }
    String found = version.get() + " in " + home;
    return version.get().equals(spark)
        ? Finding.ok("spark", found)
        : Finding.wrong(
            "spark",
            found + ", built for " + spark,
            "set SPARK_HOME to a Spark "
                + spark
                + ", or build with -Dspark.version="
                + version.get());
  }

  private static Optional<String> sparkVersion(Path jars) {
    if (!Files.isDirectory(jars)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(jars)) {
      return files
          .map(file -> SPARK_CORE.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Finding ports() {
    try (ServerSocket socket = new ServerSocket()) {
      InetAddress address = address();
      socket.bind(new InetSocketAddress(address, 0));
      return Finding.ok("ports", "can listen on " + address.getHostAddress());
    } catch (IOException e) {
      return Finding.wrong(
          "ports",
          "cannot listen: " + Reason.of(e),
          "set SPARK_LOCAL_IP to an address of this machine, such as 127.0.0.1");
    }
  }

  private InetAddress address() throws IOException {
    String given = environment.getOrDefault("SPARK_LOCAL_IP", "");
    return given.isEmpty() ? InetAddress.getLocalHost() : InetAddress.getByName(given);
  }

  /** Within one host tensors go over Unix-domain sockets. */
  private Finding unixSockets() {
    Path file = temporary.resolve("lockstep-doctor-" + ProcessHandle.current().pid());
    try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.bind(UnixDomainSocketAddress.of(file));
      return Finding.ok("unix sockets", "in " + temporary);
    } catch (IOException | UnsupportedOperationException e) {
      return Finding.wrong(
          "unix sockets",
          "cannot be made in " + temporary + ": " + Reason.of(e),
          "set -Djava.io.tmpdir in LOCKSTEP_JAVA_OPTS to a local folder with a short path");
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot delete " + file, e);
    }
  }

  static Finding disk(String what, Path folder) {
    try {
      Path probe = Files.createTempFile(folder, "lockstep-doctor", ".tmp");
      Files.delete(probe);
      long free = Files.getFileStore(folder).getUsableSpace();
      String found = Figures.bytes(free) + " free in " + folder;
      return free >= LEAST_DISK_BYTES
          ? Finding.ok(what, found)
          : Finding.wrong(what, found, "make room: at least " + Figures.bytes(LEAST_DISK_BYTES));
    } catch (IOException e) {
      return Finding.wrong(
          what, "cannot write in " + folder, "choose a folder that you may write in");
    }
  }
}
