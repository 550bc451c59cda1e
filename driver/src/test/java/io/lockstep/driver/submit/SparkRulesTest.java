package io.lockstep.driver.submit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Device;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SparkRulesTest {
  private static final String CPU = "nd4j-native";
  private static final String GPU = "nd4j-cuda-11.6";

  @Test
  void aBuildForTheCpuRefusesGpusWithTheWayOut() {
    assertThatThrownBy(() -> SparkRules.check(Device.GPU, Map.of(), Device.CPU, CPU))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "cluster.device must be cpu, got gpu: this build computes on the CPU (nd4j-native);"
                + " leave cluster.device out, or build for GPUs with -Pcuda");
    for (String setting :
        new String[] {"spark.task.resource.gpu.amount", "spark.executor.resource.gpu.amount"}) {
      assertThatThrownBy(() -> SparkRules.check(Device.CPU, Map.of(setting, "1"), Device.CPU, CPU))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              setting
                  + " must be left out, got 1: the run computes on the CPU and would keep GPUs from"
                  + " others; for GPUs set cluster.device: gpu");
    }
    assertThatCode(
            () ->
                SparkRules.check(
                    Device.CPU, Map.of("spark.task.resource.gpu.amount", "0"), Device.CPU, CPU))
        .doesNotThrowAnyException();
  }

  @Test
  void aBuildForGpusRefusesToRunWithoutOne() {
    assertThatThrownBy(() -> SparkRules.check(Device.CPU, Map.of(), Device.GPU, GPU))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "cluster.device must be gpu, got cpu: this build computes on GPUs (nd4j-cuda-11.6)");
  }

  @Test
  void aGpuIsNotShared() {
    assertThatThrownBy(
            () ->
                SparkRules.check(
                    Device.GPU, Map.of("spark.task.resource.gpu.amount", "0.5"), Device.GPU, GPU))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("spark.task.resource.gpu.amount must be 1, got 0.5: ");
    assertThatCode(
            () ->
                SparkRules.check(
                    Device.GPU,
                    Map.of(
                        "spark.task.resource.gpu.amount",
                        "1",
                        "spark.executor.resource.gpu.amount",
                        "4"),
                    Device.GPU,
                    GPU))
        .doesNotThrowAnyException();
  }

  @Test
  void theSecretIsNoSetting() {
    for (String setting :
        new String[] {
          "spark.yarn.appMasterEnv.LOCKSTEP_SECRET",
          "spark.kubernetes.driverEnv.LOCKSTEP_SECRET",
          "spark.executorEnv.LOCKSTEP_SECRET"
        }) {
      assertThatThrownBy(
              () -> SparkRules.check(Device.CPU, Map.of(setting, "a secret"), Device.CPU, CPU))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              setting
                  + " must be left out: it would show the secret on command lines and to whoever"
                  + " sees Spark's settings; name a file with the secret by cluster.secretFile");
    }
    assertThatCode(
            () ->
                SparkRules.check(
                    Device.CPU,
                    Map.of("spark.kubernetes.driver.secretKeyRef.LOCKSTEP_SECRET", "run:secret"),
                    Device.CPU,
                    CPU))
        .doesNotThrowAnyException();
  }
}
