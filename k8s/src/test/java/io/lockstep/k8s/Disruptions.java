package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Every pod has one budget, of a kind that the disruption controller can reckon with. */
final class Disruptions {
  private Disruptions() {}

  static List<String> findings(Overlay overlay) {
    List<String> findings = new ArrayList<>();
    for (Pod pod : overlay.pods()) {
      List<ObjectNode> budgets =
          overlay.all("PodDisruptionBudget").stream()
              .filter(b -> Labels.matches(b.at("/spec/selector"), pod))
              .toList();
      if (budgets.size() != 1) {
        findings.add(pod.where() + ": must have one disruption budget, has " + budgets.size());
      }
      budgets.forEach(budget -> budget(overlay, pod, budget, findings));
    }
    return findings;
  }

  private static void budget(Overlay overlay, Pod pod, ObjectNode budget, List<String> findings) {
    String where = Overlay.describe(budget);
    JsonNode minimum = budget.at("/spec/minAvailable");
    boolean scalable = pod.component().equals("server");
    if (scalable) {
      if (budget.at("/spec/maxUnavailable").asInt() != 1) {
        findings.add(where + ": maxUnavailable must be 1");
      }
      return;
    }
    if (!minimum.isInt() || budget.at("/spec").has("maxUnavailable")) {
      findings.add(
          where
              + ": no controller with a scale owns these pods: give the number of them by"
              + " minAvailable");
      return;
    }
    int most = pod.component().equals("driver") ? 1 : executors(overlay) - 1;
    if (minimum.asInt() != most) {
      findings.add(where + ": minAvailable must be " + most + ", got " + minimum);
    }
  }

  private static int executors(Overlay overlay) {
    return Integer.parseInt(SparkPods.runs(overlay).getOrDefault("spark.executor.instances", "2"));
  }
}
