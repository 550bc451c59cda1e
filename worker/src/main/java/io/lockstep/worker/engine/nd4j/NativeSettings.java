package io.lockstep.worker.engine.nd4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /**
   * As {@link #check()}, from what the caller has read.
   *
   * @param flags what the processor has, as Linux names it; empty where it is not known
   */
  static InstructionSet check(Map<String, String> environment, Set<String> flags) {
    InstructionSet set = chosen(environment);
    List<String> wrong = new ArrayList<>();
    set.environment().entrySet().stream()
        .filter(entry -> !entry.getKey().equals(InstructionSet.VARIABLE))
        .sorted(Map.Entry.comparingByKey())
        .filter(entry -> !entry.getValue().equals(environment.get(entry.getKey())))
        .forEach(
            entry ->
                wrong.add(
                    entry.getKey()
                        + " must be "
                        + entry.getValue()
                        + ", got "
                        + environment.getOrDefault(entry.getKey(), "nothing")));
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(
          "the native libraries are not pinned to one thread and one instruction set ("
              + set.key()
              + "): "
              + String.join("; ", wrong)
              + "; start through deploy/lockstep, which sets them, or export them before the JVM"
              + " starts (on executors: spark.executorEnv.NAME)");
    }
    List<String> missing =
        set.processorFlags().stream().filter(flag -> !flags.contains(flag)).toList();
    if (!flags.isEmpty() && !missing.isEmpty()) {
      throw new IllegalStateException(
          "this machine's processor cannot run "
              + set.key()
              + ": it lacks "
              + String.join(", ", missing)
              + "; set "
              + InstructionSet.VARIABLE
              + "="
              + InstructionSet.AVX2.key()
              + " for the whole run, or leave the machine out");
    }
    return set;
  }

  private static InstructionSet chosen(Map<String, String> environment) {
    String key = environment.getOrDefault(InstructionSet.VARIABLE, InstructionSet.AVX2.key());
    for (InstructionSet set : InstructionSet.values()) {
      if (set.key().equals(key)) {
        return set;
      }
    }
    throw new IllegalStateException(
        InstructionSet.VARIABLE + " must be avx2 or avx512, got '" + key + "'");
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
    facts.put("instructionSet", check().key());
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
