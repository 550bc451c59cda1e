package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.Device;
import io.lockstep.worker.engine.nd4j.GpuDevice;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

class GivenDeviceTest {
  private static Map<String, ResourceInformation> gpus(String... addresses) {
    return Map.of("gpu", new ResourceInformation("gpu", addresses));
  }

  @Test
  void onTheCpuNoneIsGivenAndNoneIsUsed() {
    assertThat(GivenDevice.of(Map.of(), Device.CPU)).isEmpty();
    assertThatThrownBy(() -> GivenDevice.of(gpus("1"), Device.CPU))
        .hasMessageStartingWith(
            "Spark gave this task gpu 1, but this executor's build computes on the CPU: ");
  }

  @Test
  void theOneThatIsGivenIsUsed() {
    assertThat(GivenDevice.of(gpus("3"), Device.GPU)).contains(new GpuDevice(3));
    assertThatThrownBy(() -> GivenDevice.of(Map.of(), Device.GPU))
        .hasMessageStartingWith(
            "this executor's build computes on GPUs, and Spark must give each task one, got none");
    assertThatThrownBy(() -> GivenDevice.of(gpus("0", "1"), Device.GPU))
        .hasMessageContaining("one, got 0, 1: ");
    assertThatThrownBy(() -> GivenDevice.of(gpus("GPU-8f"), Device.GPU))
        .hasMessageContaining("must be its number on the machine, got 'GPU-8f'");
  }
}
