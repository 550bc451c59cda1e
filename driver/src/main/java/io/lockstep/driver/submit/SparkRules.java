package io.lockstep.driver.submit;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Settings of Spark that a run cannot bear: they would break it, or its bits. */
public final class SparkRules {
  static final String EXECUTOR_ENVIRONMENT = "spark.executorEnv.";

  private SparkRules() {}

  /**
   * Refuses what breaks a run.
   *
   * @param settings all that are known, by name
   * @throws ConfigurationException naming the setting, its value, why, and the way out
   */
  public static void check(Map<String, String> settings) {
    if (isTrue(settings, "spark.speculation")) {
      throw new ConfigurationException(
          "spark.speculation must be false, got true: a second copy of a worker would take the"
              + " first one's place again and again; leave the setting out");
    }
    NativeSettings.chosen()
        .environment()
        .forEach((name, value) -> checkPin(settings, EXECUTOR_ENVIRONMENT + name, value));
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
