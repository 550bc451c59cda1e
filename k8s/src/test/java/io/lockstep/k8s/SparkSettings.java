package io.lockstep.k8s;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;

/** Settings whose names Spark knows: it says nothing of one that it does not. */
final class SparkSettings {
  /** Read without an entry. */
  private static final Set<String> BARE = Set.of("spark.app.name", "spark.port.maxRetries");

  /** Names that Spark reads by a prefix. */
  private static final String PREFIXED =
      "spark\\.((executor|driver|task)\\.resource\\.[a-z]+"
          + "\\.(amount|discoveryScript|vendor)|executorEnv\\..+|hadoop\\..+"
          + "|kubernetes\\.(driver|executor)\\.(label|annotation)\\..+)";

  private SparkSettings() {}

  static List<String> findings(Overlay overlay) {
    loadEntries();
    Map<String, String> settings = new LinkedHashMap<>(overlay.sparkConf());
    overlay
        .find("Job", "lockstep-train")
        .ifPresent(job -> settings.putAll(SparkPods.submitted(job)));
    overlay
        .find("SparkApplication", "lockstep-train")
        .ifPresent(a -> settings.putAll(OperatorSettings.of(a)));
    settings.putAll(SparkPods.runs(overlay));
    List<String> findings = new ArrayList<>();
    settings.forEach((name, value) -> check(name, value, findings));
    return findings;
  }

  private static void check(String name, String value, List<String> findings) {
    if (name.matches(PREFIXED) || BARE.contains(name)) {
      return;
    }
    ConfigEntry<?> entry = ConfigEntry.findEntry(name);
    if (entry == null) {
      findings.add("Spark has no setting " + name);
      return;
    }
    try {
      new SparkConf(false).set(name, value).get(entry);
    } catch (RuntimeException e) {
      findings.add(name + ": " + e.getMessage());
    }
  }

  /** Entries are known once the objects that hold them are loaded. */
  private static void loadEntries() {
    for (String holder :
        List.of(
            "org.apache.spark.internal.config.package$",
            "org.apache.spark.internal.config.UI$",
            "org.apache.spark.deploy.k8s.Config$")) {
      try {
        Class.forName(holder);
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("Spark's settings have moved", e);
      }
    }
  }
}
