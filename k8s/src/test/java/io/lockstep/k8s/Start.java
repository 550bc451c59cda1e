package io.lockstep.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Placement;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.cli.Lockstep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** How the run is started: its configuration, its command lines, its servers and its slots. */
final class Start {
  private static final String MAIN = "io.lockstep.driver.Main";

  private final Overlay overlay;
  private final List<String> findings = new ArrayList<>();

  private Start(Overlay overlay) {
    this.overlay = overlay;
  }

  static List<String> findings(Overlay overlay) {
    Start start = new Start(overlay);
    start.oneWay();
    start.commands();
    try {
      RunConfiguration run = overlay.run();
      start.servers(run);
      start.slots(run);
    } catch (ConfigurationException e) {
      start.findings.add(String.valueOf(e.getMessage()));
    }
    return start.findings;
  }

  private void oneWay() {
    int ways = overlay.all("Job").size() + overlay.all("SparkApplication").size();
    if (ways != 1) {
      findings.add("the run must be started by one Job or one SparkApplication, there are " + ways);
    }
  }

  /** Each command line must be one that the program takes. */
  private void commands() {
    for (ObjectNode job : overlay.all("Job")) {
      List<String> arguments = arguments(job.at("/spec/template/spec/containers/0/args"));
      int main = arguments.indexOf(MAIN);
      if (!arguments.get(0).equals("spark-submit") || main < 0) {
        findings.add(Overlay.describe(job) + ": must run " + MAIN + " by spark-submit");
      } else {
        command(job, arguments.subList(main + 2, arguments.size()));
      }
    }
    for (ObjectNode application : overlay.all("SparkApplication")) {
      String main = application.at("/spec/mainClass").asText();
      if (!main.equals(MAIN)) {
        findings.add(
            Overlay.describe(application) + ": mainClass must be " + MAIN + ", got " + main);
      }
      command(application, arguments(application.at("/spec/arguments")));
    }
    for (ObjectNode set : overlay.all("StatefulSet")) {
      List<String> arguments = arguments(set.at("/spec/template/spec/containers/0/args"));
      command(set, arguments.subList(1, arguments.size()));
    }
  }

  private void command(ObjectNode object, List<String> arguments) {
    try {
      new CommandLine(new Lockstep()).parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      findings.add(Overlay.describe(object) + ": " + e.getMessage());
    }
  }

  private static List<String> arguments(JsonNode arguments) {
    return Pod.items(arguments).map(JsonNode::asText).toList();
  }

  /** Server pods where the run waits for them, one for each server, and nowhere else. */
  private void servers(RunConfiguration run) {
    int pods =
        overlay.all("StatefulSet").stream().mapToInt(s -> s.at("/spec/replicas").asInt(1)).sum();
    int expected = run.cluster().placement() == Placement.PROCESSES ? run.cluster().processes() : 0;
    if (pods != expected) {
      findings.add(
          "run.yaml's cluster.placement "
              + run.cluster().placement().key()
              + " with "
              + run.cluster().servers()
              + " servers waits for "
              + expected
              + " server pods, there are "
              + pods);
    }
    if (expected > 0 && run.cluster().servers() != expected) {
      findings.add("each server must have a pod: its one data port is one server's");
    }
  }

  /** Executors must have a slot for each worker. */
  private void slots(RunConfiguration run) {
    Map<String, String> settings = run.cluster().spark();
    int executors = Integer.parseInt(settings.getOrDefault("spark.executor.instances", "2"));
    int cores = Integer.parseInt(settings.getOrDefault("spark.executor.cores", "1"));
    int slots = executors * (cores / run.cluster().threads());
    if (slots < run.cluster().workers()) {
      findings.add(
          "run.yaml asks for "
              + run.cluster().workers()
              + " workers of "
              + run.cluster().threads()
              + " threads, but its executors have "
              + slots
              + " slots");
    }
  }
}
