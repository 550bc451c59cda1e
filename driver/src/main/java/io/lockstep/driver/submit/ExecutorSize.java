package io.lockstep.driver.submit;

import io.lockstep.common.config.ClusterSection;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Device;
import io.lockstep.common.config.Placement;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.worker.engine.Network;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How large and how many executors a run needs. What the user has set is taken where the run fits
 * into it, and refused with the numbers where it does not; the rest follows from the configuration:
 * one worker an executor, each with {@code cluster.threads} cores.
 *
 * <pre>
 * heap       384 MiB + workers of an executor * (gradients, partial sums) + its servers; at least 512
 * outside    320 MiB + workers of an executor * (parameters, engines)
 * </pre>
 *
 * The two constants are what Spark, the JVM and the native libraries hold of themselves. Less than
 * these sums is refused; more is asked for where nothing is said.
 *
 * @param taskCores cores of a worker
 * @param cores cores of an executor
 * @param workers workers that an executor runs at a time
 * @param executors how many executors hold all workers
 * @param memoryMebibytes its heap
 * @param overheadMebibytes its memory outside the heap
 * @param device what its workers compute on: a GPU each, or cores
 */
public record ExecutorSize(
    int taskCores,
    int cores,
    int workers,
    int executors,
    long memoryMebibytes,
    long overheadMebibytes,
    Device device) {
  static final String TASK_CORES = "spark.task.cpus";
  static final String CORES = "spark.executor.cores";
  static final String MOST_CORES = "spark.cores.max";
  static final String EXECUTORS = "spark.executor.instances";
  static final String MEMORY = "spark.executor.memory";
  static final String OVERHEAD = "spark.executor.memoryOverhead";
  static final String OVERHEAD_FACTOR = "spark.executor.memoryOverheadFactor";
  static final String OPTIONS = "spark.executor.extraJavaOptions";
  static final String NATIVE_LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

  /**
   * Of Spark itself on the heap: 300 MiB that it reserves, and the task's own small things. In 450
   * MiB, the least with which Spark starts, executors train mnist-mlp.
   */
  private static final long OWN_HEAP = 384;

  /**
   * What an executor starts with at all: Spark wants 450 MiB as the JVM counts them, which the
   * serial collector, the JVM's choice where it has one core, does of 466.
   */
  private static final long LEAST_HEAP = 512;

  /**
   * Of the JVM (code, classes, threads, network buffers) and of loaded native libraries. Measured
   * on executors with one core and a heap of 450 MiB to 1 GiB: of their resident size 267 to 272
   * MiB lay outside the heap where they trained mnist-mlp (of which 2 MiB tensors), 285 to 290 with
   * character-transformer (9), 292 to 301 with mnist-lenet (10).
   */
  private static final long OWN_NATIVE = 320;

  /** Asked for besides where nothing is said: for more threads, longer runs, larger shuffles. */
  private static final long SPARE_NATIVE = 192;

  /** Spark's own default of an executor's heap. */
  private static final long DEFAULT_MEMORY = 1024;

  private static final double DEFAULT_OVERHEAD_FACTOR = 0.1;

  /** Sizes are rounded up to this. */
  private static final long ROUND = 64;

  /**
   * The size for a run.
   *
   * @param given what the user has set of Spark's settings
   * @throws ConfigurationException where the run does not fit into what is given
   */
  public static ExecutorSize of(RunConfiguration run, Map<String, String> given) {
    ClusterSection cluster = run.cluster();
    int taskCores = positive(given, TASK_CORES, cluster.threads());
    int cores = positive(given, CORES, taskCores);
    int workers = Math.min(cores / taskCores, cluster.workers());
    if (workers == 0) {
      throw new ConfigurationException(
          CORES
              + " must be at least "
              + taskCores
              + " ("
              + TASK_CORES
              + ", which follows from cluster.threads), for a worker needs them all, got "
              + cores
              + ": give executors more cores, or workers fewer cluster.threads");
    }
    int executors = (cluster.workers() + workers - 1) / workers;
    Network network = Network.of(run);
    long memory = memory(run, network, workers, given);
    return new ExecutorSize(
        taskCores,
        cores,
        workers,
        executors,
        memory,
        overhead(run, network, workers, memory, given),
        cluster.device());
  }

  private static int positive(Map<String, String> given, String setting, int otherwise) {
    String value = given.get(setting);
    if (value == null) {
      return otherwise;
    }
    if (!value.strip().matches("[1-9][0-9]{0,8}")) {
      throw new ConfigurationException(
          setting + " must be a whole number of at least 1, got '" + value + "'");
    }
    return Integer.parseInt(value.strip());
  }

  private static long memory(
      RunConfiguration run, Network network, int workers, Map<String, String> given) {
    long worker = workers * Memory.workerHeapBytes(run, network.size());
    long servers = serverBytes(run, network, workers);
    long needed = Math.max(LEAST_HEAP, OWN_HEAP + MemorySize.ofBytes(worker + servers));
    long memory =
        MemorySize.mebibytes(given, MEMORY, rounded(Math.max(DEFAULT_MEMORY, needed * 3 / 2)));
    if (memory < needed && needed == LEAST_HEAP) {
      throw new ConfigurationException(
          MEMORY
              + " must be at least "
              + needed
              + "m, for Spark starts no executor with less; got "
              + memory
              + "m; leave the setting out, and it is chosen");
    }
    if (memory < needed) {
      throw new ConfigurationException(
          MEMORY
              + " must be at least "
              + needed
              + "m: "
              + OWN_HEAP
              + "m for Spark, "
              + MemorySize.ofBytes(worker)
              + "m for gradients and partial sums of "
              + counted(workers, "worker")
              + (servers == 0 ? "" : ", " + MemorySize.ofBytes(servers) + "m for servers")
              + ", and the data besides; got "
              + memory
              + "m");
    }
    return memory;
  }

  /** Of the servers that live beside the workers of an executor. */
  private static long serverBytes(RunConfiguration run, Network network, int workers) {
    if (run.cluster().placement() != Placement.WORKERS) {
      return 0;
    }
    Layout layout =
        RunParts.layout(run, network, Optimizers.create(run.optimizer(), network.tensors()));
    int all = run.cluster().workers();
    int servers = workers * ((run.cluster().servers() + all - 1) / all);
    return Math.min(servers, run.cluster().servers()) * Memory.serverBytes(run, layout);
  }

  private static long overhead(
      RunConfiguration run, Network network, int workers, long memory, Map<String, String> given) {
    long tensors = MemorySize.ofBytes(workers * Memory.workerNativeBytes(run, network));
    long needed = OWN_NATIVE + tensors;
    long overhead =
        MemorySize.mebibytes(
            given,
            OVERHEAD,
            rounded(Math.max(needed + SPARE_NATIVE, (long) (factor(given) * memory))));
    if (overhead < needed) {
      throw new ConfigurationException(
          OVERHEAD
              + " must be at least "
              + needed
              + "m, for tensors lie outside the heap: "
              + tensors
              + "m for parameters and engines of "
              + counted(workers, "worker")
              + ", "
              + OWN_NATIVE
              + "m for the JVM and native libraries; got "
              + overhead
              + "m; leave the setting out, and it is chosen");
    }
    return overhead;
  }

  private static double factor(Map<String, String> given) {
    String value = given.get(OVERHEAD_FACTOR);
    try {
      return value == null ? DEFAULT_OVERHEAD_FACTOR : Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new ConfigurationException(
          OVERHEAD_FACTOR + " must be a number, got '" + value + "'", e);
    }
  }

  private static long rounded(long mebibytes) {
    return (mebibytes + ROUND - 1) / ROUND * ROUND;
  }

  private static String counted(int count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }

  /**
   * The settings that make it so, without those that are given.
   *
   * @param given what the user has set; its options of the JVM are kept, after ours
   */
  public Map<String, String> settings(ClusterManager manager, Map<String, String> given) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(TASK_CORES, Integer.toString(taskCores));
    settings.put(CORES, Integer.toString(cores));
    if (manager == ClusterManager.STANDALONE) {
      settings.put(MOST_CORES, Integer.toString(executors * cores));
    } else {
      settings.put(EXECUTORS, Integer.toString(executors));
    }
    settings.put(MEMORY, memoryMebibytes + "m");
    settings.put(OVERHEAD, overheadMebibytes + "m");
    if (device == Device.GPU) {
      settings.put(SparkRules.TASK_GPUS, "1");
      settings.put(SparkRules.EXECUTOR_GPUS, Integer.toString(workers));
      if (manager == ClusterManager.KUBERNETES) {
        settings.put("spark.executor.resource.gpu.vendor", "nvidia.com");
      }
    }
    settings.keySet().removeAll(given.keySet());
    settings.put(OPTIONS, options(given));
    return settings;
  }

  /**
   * Native memory has a limit at which the JVM collects garbage, and then says what is too large;
   * without one the cluster manager kills the process without a word.
   */
  private String options(Map<String, String> given) {
    List<String> options = new ArrayList<>(List.of("-XX:+UseTransparentHugePages"));
    String users = given.getOrDefault(OPTIONS, "");
    if (!users.toLowerCase(java.util.Locale.ROOT).contains(NATIVE_LIMIT)) {
      options.add("-D" + NATIVE_LIMIT + "=" + (memoryMebibytes + overheadMebibytes) + "m");
    }
    if (!users.isBlank()) {
      options.add(users.strip());
    }
    return String.join(" ", options);
  }

  /** What the user should know of settings that give the run fewer slots than it has workers. */
  public List<String> notes(Map<String, String> given, int wanted) {
    List<String> notes = new ArrayList<>();
    long slots = Long.MAX_VALUE;
    if (given.containsKey(EXECUTORS)) {
      slots = (long) positive(given, EXECUTORS, executors) * workers;
    }
    if (given.containsKey(MOST_CORES)) {
      slots = Math.min(slots, (long) positive(given, MOST_CORES, cores) / cores * workers);
    }
    if (slots < wanted) {
      notes.add(
          "the executors have room for "
              + slots
              + " of "
              + wanted
              + " workers: the run goes on with those after cluster.joinTimeout");
    }
    if (cores % taskCores != 0) {
      notes.add(
          CORES
              + " ("
              + cores
              + ") is no multiple of "
              + TASK_CORES
              + " ("
              + taskCores
              + "): "
              + cores % taskCores
              + " of them idle");
    }
    return notes;
  }
}
