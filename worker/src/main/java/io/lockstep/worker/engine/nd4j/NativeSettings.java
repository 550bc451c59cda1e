package io.lockstep.worker.engine.nd4j;

import io.lockstep.common.config.Device;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * What pins the bits of the native libraries. They read it from the environment when they load, so
 * it is set before the JVM starts: by the launcher, by {@code spark.executorEnv}, by the build's
 * tests. This class checks it by value, and says what is there.
 */
public final class NativeSettings {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private NativeSettings() {}

  /**
   * Checks the environment and the processor, before anything native is loaded.
   *
   * @return the instruction set that they are pinned to
   * @throws IllegalStateException naming each variable that differs, with the way out
   */
  public static InstructionSet check() {
    return check(System.getenv(), processorFlags());
  }

  /** The instruction set that this process's environment names; the default where it names none. */
  public static InstructionSet chosen() {
    return chosen(System.getenv());
  }

  /**
   * As {@link #check()}, from what the caller has read.
   *
   * @param flags what the processor has, as Linux names it; empty where it is not known
   */
  static InstructionSet check(Map<String, String> environment, Set<String> flags) {
    InstructionSet set = chosen(environment);
    List<String> wrong =
        set.environment().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .filter(entry -> !entry.getValue().equals(environment.get(entry.getKey())))
            .map(entry -> difference(entry.getKey(), entry.getValue(), environment))
            .toList();
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(
          "the native libraries are not pinned to one thread and one instruction set ("
              + set
              + "): "
              + String.join("; ", wrong)
              + "; start through deploy/lockstep, which sets them, or export them before the JVM"
              + " starts (for executors: spark.executorEnv.NAME)");
    }
    List<String> missing =
        set.processorFlags().stream().filter(flag -> !flags.contains(flag)).toList();
    if (!flags.isEmpty() && !missing.isEmpty()) {
      throw new IllegalStateException(
          "this machine's processor cannot run "
              + set
              + ", it lacks "
              + String.join(", ", missing)
              + "; set "
              + InstructionSet.VARIABLE
              + " to a smaller one for the whole run, or leave the machine out");
    }
    return set;
  }

  private static String difference(String name, String value, Map<String, String> environment) {
    return name + " must be " + value + ", got " + environment.getOrDefault(name, "nothing");
  }

  /** The one whose kernels BLAS is told to use; the default where it is told none that we know. */
  private static InstructionSet chosen(Map<String, String> environment) {
    for (InstructionSet set : InstructionSet.values()) {
      String core = set.environment().get(InstructionSet.BLAS_VARIABLE);
      if (core != null && core.equals(environment.get(InstructionSet.BLAS_VARIABLE))) {
        return set;
      }
    }
    return InstructionSet.AVX2;
  }

  /** What the first processor has, as Linux names it; empty where that cannot be read. */
  static Set<String> processorFlags() {
    if (!Files.isReadable(PROCESSORS)) {
      return Set.of();
    }
    try (var lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> Set.of(line.substring(line.indexOf(':') + 1).trim().split("\\s+")))
          .orElse(Set.of());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read " + PROCESSORS, e);
    }
  }

  /**
   * What this process computes with, for the fingerprint: instruction set, java, native backend
   * with its version and classifier, blas. Loads nothing native.
   */
  public static Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("instructionSet", check().name());
    facts.put(
        "java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    facts.put("architecture", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    Properties build = build();
    facts.put(
        "backend",
        build.getProperty("backend")
            + " "
            + build.getProperty("version")
            + " "
            + build.getProperty("classifier"));
    facts.put("blas", org.bytedeco.openblas.global.openblas_nolapack.OPENBLAS_VERSION.trim());
    return facts;
  }

  /**
   * Most bytes that this process may hold in memory before native allocations are refused, heap and
   * tensors together; 0 for no limit. Loads JavaCPP's native library.
   */
  public static long mostResidentBytes() {
    return org.bytedeco.javacpp.Pointer.maxPhysicalBytes();
  }

  /** What the native backend of this build computes on. Loads nothing native. */
  public static Device device() {
    return backend().contains("cuda") ? Device.GPU : Device.CPU;
  }

  /** The native backend of this build, such as {@code nd4j-native}. */
  public static String backend() {
    return build().getProperty("backend");
  }

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream in = NativeSettings.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IllegalStateException("build.properties is not in the application's jar");
      }
      build.load(in);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read build.properties", e);
    }
    return build;
  }
}
