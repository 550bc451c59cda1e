package io.lockstep.driver.submit;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Device;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Settings of Spark that a run cannot bear: they would break it, or its bits. */
public final class SparkRules {
  static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  static final String EXECUTOR_ENVIRONMENT = "spark.executorEnv.";

  private SparkRules() {}

  /**
   * Refuses what breaks a run.
   *
   * @param settings all that are known, by name
   * @throws ConfigurationException naming the setting, its value, why, and the way out
   */
  public static void check(RunConfiguration run, Map<String, String> settings) {
    check(run.cluster().device(), settings, NativeSettings.device(), NativeSettings.backend());
  }

  /**
   * As the other form.
   *
   * @param device that the configuration wants
   * @param built what this build computes on
   * @param backend the name of that
   */
  static void check(Device device, Map<String, String> settings, Device built, String backend) {
    if (device == Device.GPU && built == Device.CPU) {
      throw new ConfigurationException(
          "cluster.device must be cpu, got gpu: this build computes on the CPU ("
              + backend
              + "); leave cluster.device out, or build for GPUs with -Pcuda");
    }
    if (device == Device.CPU && built == Device.GPU) {
      throw new ConfigurationException(
          "cluster.device must be gpu, got cpu: this build computes on GPUs ("
              + backend
              + "), and a worker may use none but the one that Spark gives it; set cluster.device:"
              + " gpu, or build without -Pcuda");
    }
    for (String amount : List.of(TASK_GPUS, EXECUTOR_GPUS)) {
      checkGpus(device, amount, settings.getOrDefault(amount, "0").strip());
    }
    checkSpeculation(settings);
    settings.keySet().forEach(SparkRules::checkSecret);
    NativeSettings.chosen()
        .environment()
        .forEach((name, value) -> checkPin(settings, EXECUTOR_ENVIRONMENT + name, value));
  }

  private static void checkGpus(Device device, String setting, String amount) {
    boolean none = amount.matches("0+(\\.0*)?");
    if (device == Device.CPU && !none) {
      throw new ConfigurationException(
          setting
              + " must be left out, got "
              + amount
              + ": the run computes on the CPU and would keep GPUs from others; for GPUs set"
              + " cluster.device: gpu");
    }
    if (device == Device.GPU
        && setting.equals(TASK_GPUS)
        && !none
        && !amount.matches("1(\\.0*)?")) {
      throw new ConfigurationException(
          setting
              + " must be 1, got "
              + amount
              + ": a worker uses one whole GPU and no other; leave the setting out");
    }
  }

  private static void checkSpeculation(Map<String, String> settings) {
    if (isTrue(settings, "spark.speculation")) {
      throw new ConfigurationException(
          "spark.speculation must be false, got true: a second copy of a worker would take the"
              + " first one's place again and again; leave the setting out");
    }
  }

  /**
   * Settings stand on command lines and in Spark's own pages; a reference to a Secret of Kubernetes
   * may stand there.
   */
  private static void checkSecret(String setting) {
    if (setting.endsWith("." + SharedSecret.VARIABLE) && !setting.contains(".secretKeyRef.")) {
      throw new ConfigurationException(
          setting
              + " must be left out: it would show the secret on command lines and to whoever sees"
              + " Spark's settings; name a file with the secret by cluster.secretFile");
    }
  }

  private static void checkPin(Map<String, String> settings, String setting, String value) {
    String given = settings.getOrDefault(setting, value);
    if (!given.equals(value)) {
      throw new ConfigurationException(
          setting
              + " must be "
              + value
              + ", got "
              + given
              + ": another value gives other bits; leave the setting out, or choose the instruction"
              + " set of all processes by LOCKSTEP_INSTRUCTION_SET");
    }
  }

  static boolean isTrue(Map<String, String> settings, String setting) {
    return settings.getOrDefault(setting, "false").strip().toLowerCase(Locale.ROOT).equals("true");
  }

  /** What pins the bits of native libraries in executors, as settings. */
  public static Map<String, String> pins() {
    Map<String, String> pins = new LinkedHashMap<>();
    NativeSettings.chosen().environment().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(pin -> pins.put(EXECUTOR_ENVIRONMENT + pin.getKey(), pin.getValue()));
    return pins;
  }
}
