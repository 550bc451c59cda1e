package io.lockstep.driver.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Device;
import io.lockstep.common.config.RunConfiguration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExecutorSizeTest {
  private static final RunConfiguration SMALL = Submitted.run();

  /** 8 million parameters, which are 32 MB. */
  private static final RunConfiguration LARGE = Submitted.run(8000, 1000);

  @Test
  void anExecutorHoldsOneWorkerUnlessItIsGivenMoreCores() {
    assertThat(ExecutorSize.of(SMALL, Map.of()))
        .isEqualTo(new ExecutorSize(2, 2, 1, 4, 1024, 576, Device.CPU));
    ExecutorSize wide = ExecutorSize.of(SMALL, Map.of("spark.executor.cores", "7"));
    assertThat(wide.workers()).isEqualTo(3);
    assertThat(wide.executors()).isEqualTo(2);
    assertThat(wide.notes(Map.of(), 4))
        .containsExactly(
            "spark.executor.cores (7) is no multiple of spark.task.cpus (2): 1 of them idle");
  }

  @Test
  void memoryOutsideTheHeapGrowsWithTheModelAndTheWorkersOfAnExecutor() {
    long one = ExecutorSize.of(LARGE, Map.of()).overheadMebibytes();
    long two = ExecutorSize.of(LARGE, Map.of("spark.executor.cores", "4")).overheadMebibytes();
    long tensors = MemorySize.ofBytes(Memory.workerNativeBytes(LARGE, network(LARGE)));
    assertThat(tensors).isGreaterThan(3 * 30);
    assertThat(one).isBetween(512 + tensors, 512 + tensors + 64);
    assertThat(two).isBetween(512 + 2 * tensors - 1, 512 + 2 * tensors + 64);
  }

  @Test
  void tooLittleMemoryOutsideTheHeapIsRefusedWithTheNumbers() {
    long tensors = MemorySize.ofBytes(Memory.workerNativeBytes(LARGE, network(LARGE)));
    assertThatThrownBy(
            () -> ExecutorSize.of(LARGE, Map.of("spark.executor.memoryOverhead", "384m")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "spark.executor.memoryOverhead must be at least %dm, for tensors lie outside the heap: %dm for parameters and engines of 1 worker, 320m for the JVM and native libraries; got 384m; leave the setting out, and it is chosen"
                .formatted(320 + tensors, tensors));
    assertThat(ExecutorSize.of(LARGE, Map.of("spark.executor.memoryOverhead", "2g")))
        .extracting(ExecutorSize::overheadMebibytes)
        .isEqualTo(2048L);
  }

  @Test
  void whatFitsOutsideTheHeapIsTakenThoughMoreWouldBeAskedFor() {
    long tensors = MemorySize.ofBytes(Memory.workerNativeBytes(LARGE, network(LARGE)));
    String least = 320 + tensors + "m";
    assertThat(ExecutorSize.of(LARGE, Map.of("spark.executor.memoryOverhead", least)))
        .extracting(ExecutorSize::overheadMebibytes)
        .isEqualTo(320 + tensors);
  }

  @Test
  void aHeapWithWhichSparkDoesNotStartIsRefused() {
    assertThatThrownBy(() -> ExecutorSize.of(SMALL, Map.of("spark.executor.memory", "511m")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "spark.executor.memory must be at least 512m, for Spark starts no executor with less;"
                + " got 511m; leave the setting out, and it is chosen");
    assertThat(ExecutorSize.of(SMALL, Map.of("spark.executor.memory", "512m")))
        .extracting(ExecutorSize::memoryMebibytes)
        .isEqualTo(512L);
  }

  @Test
  void tooSmallAHeapIsRefusedWithTheNumbers() {
    RunConfiguration larger = Submitted.run(8000, 8000);
    assertThatThrownBy(() -> ExecutorSize.of(larger, Map.of("spark.executor.memory", "520m")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageMatching(
            "spark.executor.memory must be at least [0-9]+m: 384m for Spark, [0-9]+m for gradients"
                + " and partial sums of 1 worker, and the data besides; got 520m");
    assertThatThrownBy(
            () ->
                ExecutorSize.of(
                    Submitted.run(8000, 8000, "cluster.placement=workers"),
                    Map.of("spark.executor.memory", "520m")))
        .hasMessageContaining("m for servers, and the data besides");
  }

  @Test
  void fewerCoresThanAWorkerNeedsAreRefused() {
    assertThatThrownBy(() -> ExecutorSize.of(SMALL, Map.of("spark.executor.cores", "1")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "spark.executor.cores must be at least 2 (spark.task.cpus, which follows from"
                + " cluster.threads)");
    assertThatThrownBy(() -> ExecutorSize.of(SMALL, Map.of("spark.executor.cores", "two")))
        .hasMessage("spark.executor.cores must be a whole number of at least 1, got 'two'");
  }

  @Test
  void theLimitOfNativeMemoryIsWhatTheClusterGivesTheProcess() {
    Map<String, String> given = Map.of("spark.executor.extraJavaOptions", "-Dmy=1");
    assertThat(ExecutorSize.of(SMALL, given).settings(ClusterManager.YARN, given))
        .containsEntry(
            "spark.executor.extraJavaOptions",
            "-XX:+UseTransparentHugePages -Dorg.bytedeco.javacpp.maxphysicalbytes=1600m -Dmy=1");
    Map<String, String> own =
        Map.of("spark.executor.extraJavaOptions", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=9g");
    assertThat(ExecutorSize.of(SMALL, own).settings(ClusterManager.YARN, own))
        .containsEntry(
            "spark.executor.extraJavaOptions",
            "-XX:+UseTransparentHugePages -Dorg.bytedeco.javacpp.maxPhysicalBytes=9g");
  }

  @Test
  void fewerSlotsThanWorkersAreSaid() {
    Map<String, String> given = Map.of("spark.executor.instances", "3");
    assertThat(ExecutorSize.of(SMALL, given).notes(given, 4))
        .containsExactly(
            "the executors have room for 3 of 4 workers: the run goes on with those after"
                + " cluster.joinTimeout");
    Map<String, String> cores = Map.of("spark.cores.max", "5");
    assertThat(ExecutorSize.of(SMALL, cores).notes(cores, 4)).hasSize(1);
    assertThat(ExecutorSize.of(SMALL, Map.of()).notes(Map.of(), 4)).isEmpty();
  }

  @Test
  void onGpusEachWorkerAsksForOneAndItsExecutorForAllOfThem() {
    Map<String, String> given = Map.of("spark.executor.cores", "4");
    RunConfiguration run = Submitted.run("cluster.device=gpu");
    assertThat(ExecutorSize.of(run, given).settings(ClusterManager.KUBERNETES, given))
        .containsEntry("spark.task.resource.gpu.amount", "1")
        .containsEntry("spark.executor.resource.gpu.amount", "2")
        .containsEntry("spark.executor.resource.gpu.vendor", "nvidia.com");
    assertThat(ExecutorSize.of(SMALL, given).settings(ClusterManager.KUBERNETES, given))
        .doesNotContainKey("spark.task.resource.gpu.amount");
  }

  @Test
  void sizesAreReadAsSparkReadsThem() {
    assertThat(MemorySize.mebibytes("x", "512")).isEqualTo(512);
    assertThat(MemorySize.mebibytes("x", "2g")).isEqualTo(2048);
    assertThat(MemorySize.mebibytes("x", "2GB")).isEqualTo(2048);
    assertThat(MemorySize.mebibytes("x", "1048576k")).isEqualTo(1024);
    assertThat(MemorySize.mebibytes("x", "1073741824b")).isEqualTo(1024);
    assertThatThrownBy(() -> MemorySize.mebibytes("spark.executor.memory", "much"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("spark.executor.memory must be a size such as 2g or 1536m, got 'much'");
    assertThatThrownBy(() -> MemorySize.mebibytes("x", "999999999999999p"))
        .hasMessageStartingWith("x is too large");
  }

  private static io.lockstep.worker.engine.Network network(RunConfiguration run) {
    return io.lockstep.worker.engine.Network.of(run);
  }
}
