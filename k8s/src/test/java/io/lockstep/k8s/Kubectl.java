package io.lockstep.k8s;

import java.util.ArrayList;
import java.util.List;

/** What kubectl may be asked for in the documents: overlays, and what is in them. */
final class Kubectl {
  private final List<String> findings = new ArrayList<>();

  /** What is applied so far; all overlays before the first is. */
  private List<Overlay> overlays = Overlays.names().stream().map(Overlays::overlay).toList();

  /** What is wrong with a command, after those before it; empty if nothing is. */
  List<String> findings(List<String> words) {
    findings.clear();
    command(words);
    return List.copyOf(findings);
  }

  private void command(List<String> words) {
    List<String> rest = words;
    if (rest.get(0).equals("-n")) {
      namespace(rest.get(1));
      rest = rest.subList(2, rest.size());
    }
    List<String> arguments = rest.subList(1, rest.size());
    switch (rest.get(0)) {
      case "apply" -> apply(arguments);
      case "wait" -> {
        must(arguments.contains("--for=condition=complete"), "kubectl wait: for what", arguments);
        object(arguments.get(arguments.size() - 1));
      }
      case "logs" -> logs(arguments.get(0));
      case "get" -> object(arguments.get(0) + "/" + arguments.get(1));
      case "create" -> create(arguments);
      case "kustomize" -> must(arguments.isEmpty(), "kubectl kustomize: is named only", arguments);
      default -> findings.add("kubectl: no check knows " + rest.get(0));
    }
    boolean secret = arguments.size() > 2 && rest.get(0).equals("create");
    Help.mustKnow("kubectl", rest.subList(0, secret ? 3 : 1), arguments, findings);
  }

  private void apply(List<String> arguments) {
    String path = arguments.get(arguments.size() - 1);
    String name = path.replaceFirst("^k8s/overlays/", "");
    boolean there = arguments.get(0).equals("-k") && Overlays.names().contains(name);
    must(there && path.startsWith("k8s/"), "kubectl apply: must be -k and an overlay", arguments);
    if (there) {
      overlays = List.of(Overlays.overlay(name));
    }
  }

  private void namespace(String name) {
    must(
        overlays.stream().allMatch(o -> o.find("Namespace", name).isPresent()),
        "no overlay makes the namespace",
        name);
  }

  /** An object of what is applied, as kubectl names it: a kind in lower case and a name. */
  private void object(String named) {
    String[] parts = named.split("/", 2);
    boolean there =
        overlays.stream()
            .flatMap(o -> o.objects().stream())
            .anyMatch(
                o ->
                    Overlay.kind(o).equalsIgnoreCase(parts[0]) && Overlay.name(o).equals(parts[1]));
    must(there, "what is applied has no such object", named);
  }

  /** Of an object, or of the pod that the operator calls as it does. */
  private void logs(String named) {
    if (named.contains("/")) {
      object(named);
      return;
    }
    boolean driver =
        overlays.stream()
            .flatMap(o -> o.all("SparkApplication").stream())
            .map(OperatorSettings::of)
            .anyMatch(s -> named.equals(s.get("spark.kubernetes.driver.pod.name")));
    must(driver, "no SparkApplication's driver is the pod", named);
  }

  private void create(List<String> arguments) {
    if (arguments.get(0).equals("namespace")) {
      namespace(arguments.get(1));
      return;
    }
    must(
        arguments.subList(0, 2).equals(List.of("secret", "generic")),
        "kubectl create: no check",
        arguments);
    for (String literal : arguments.subList(3, arguments.size())) {
      String key = literal.replaceFirst("--from-literal=", "").replaceFirst("=.*", "");
      String secret = arguments.get(2) + "/" + key;
      must(References.SECRETS.contains(secret), "no pod asks for the Secret", secret);
    }
  }

  private void must(boolean holds, String what, Object given) {
    if (!holds) {
      findings.add(what + ", got " + given);
    }
  }
}
