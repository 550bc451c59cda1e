package io.lockstep.driver.spark;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Device;
import io.lockstep.worker.engine.nd4j.GpuDevice;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.resource.ResourceInformation;

/**
 * The device of a task: what Spark has given it is what the backend must compute on. Checked once
 * more where the work is done, for an executor may have other jars than the driver.
 */
public final class GivenDevice {
  private static final String GPU = "gpu";

  private GivenDevice() {}

  /**
   * The GPU that the task was given; empty on the CPU.
   *
   * @param resources the task's, by name
   * @param built what this executor's backend computes on
   * @throws ConfigurationException where the two do not agree, with the way out
   */
  public static Optional<GpuDevice> of(Map<String, ResourceInformation> resources, Device built) {
    ResourceInformation gpu = resources.get(GPU);
    String[] addresses = gpu == null ? new String[0] : gpu.addresses();
    if (built == Device.CPU && addresses.length > 0) {
      throw new ConfigurationException(
          "Spark gave this task gpu "
              + String.join(", ", addresses)
              + ", but this executor's build computes on the CPU: leave out"
              + " spark.task.resource.gpu.amount, or give executors a build for GPUs");
    }
    if (built == Device.CPU) {
      return Optional.empty();
    }
    if (addresses.length != 1) {
      throw new ConfigurationException(
          "this executor's build computes on GPUs, and Spark must give each task one, got "
              + (addresses.length == 0 ? "none" : String.join(", ", addresses))
              + ": set cluster.device: gpu, and give executors spark.executor.resource.gpu.amount"
              + " and the cluster's machines a discovery script");
    }
    return Optional.of(new GpuDevice(number(addresses[0])));
  }

  private static int number(String address) {
    if (!address.matches("[0-9]{1,4}")) {
      throw new ConfigurationException(
          "the address of a gpu must be its number on the machine, got '"
              + address
              + "': mend the discovery script");
    }
    return Integer.parseInt(address);
  }
}
