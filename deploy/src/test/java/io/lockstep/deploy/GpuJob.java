package io.lockstep.deploy;

import io.lockstep.common.config.Device;
import io.lockstep.driver.spark.GivenDevice;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/** A Spark job whose tasks say which GPU they were given, as a build for GPUs would ask. */
public final class GpuJob {
  private GpuJob() {}

  /** Prints {@code gpus} and the numbers, one a task. */
  public static void main(String[] arguments) {
    try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("gpus"))) {
      List<Integer> numbers =
          spark
              .parallelize(List.of(1, 2, 3, 4), 4)
              .map(
                  any ->
                      GivenDevice.of(TaskContext.get().resourcesJMap(), Device.GPU)
                          .orElseThrow()
                          .number())
              .collect();
      System.out.println("gpus " + numbers);
    }
  }
}
