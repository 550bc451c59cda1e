package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.spark.ApplicationJars;
import io.lockstep.driver.submit.ClusterManager;
import io.lockstep.driver.submit.DeployMode;
import io.lockstep.driver.submit.Submission;
import io.lockstep.driver.submit.SubmitLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep submit}. */
@Command(
    name = "submit",
    description =
        "Trains on a cluster by Spark's own spark-submit: prints the line with all that Lockstep"
            + " needs, runs it, and waits for the run's end.",
    footer = {
      "",
      "Settings of Spark are taken from --conf, then from cluster.spark of the configuration, then"
          + " from --properties-file or spark-defaults.conf; what none of them says follows from the"
          + " configuration. What would break the run or its bits is refused.",
      "",
      "Example:",
      "  lockstep submit deploy/examples/mnist-mlp.yaml --master spark://host:7077",
      "  lockstep submit deploy/examples/mnist-mlp.yaml --master yarn --print"
    })
final class SubmitCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private ConfigurationArguments configuration;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "spark://HOST:PORT, yarn, k8s://URL or local (default: the configuration's"
              + " cluster.master).")
  private @Nullable String master;

  @Option(
      names = "--deploy-mode",
      paramLabel = "client|cluster",
      description =
          "Where the driver lives: in this process's child, or on the cluster, which takes the"
              + " configuration along (default: client).")
  private DeployMode mode = DeployMode.CLIENT;

  @Option(
      names = "--conf",
      paramLabel = "spark.x=y",
      description = "A setting of Spark, such as spark.executor.memory=4g. May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--properties-file",
      paramLabel = "FILE",
      description = "A file of settings of Spark (default: its spark-defaults.conf).")
  private @Nullable Path propertiesFile;

  @Option(
      names = "--jar",
      paramLabel = "PLACE",
      description =
          "The application jar, where it is not this one: a path, or an address that the cluster can"
              + " read.")
  private @Nullable String jar;

  @Option(
      names = "--jars-in-place",
      paramLabel = "DIR",
      description =
          "The folder that has the application jar on every machine of the cluster; without it Spark"
              + " sends the jar to each executor.")
  private @Nullable String jarsInPlace;

  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private RunFolderArguments folder;

  @Option(names = "--print", description = "Prints the line and ends.")
  private boolean printOnly;

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunConfiguration run = configuration.load();
    String directory = folder.absolute(run);
    Map<String, String> conf = settings();
    SubmitLine line = submission(run, directory, conf).line();
    PrintWriter out = configuration.out();
    line.notes().forEach(note -> configuration.err().println("note: " + note));
    out.println(line.show());
    out.flush();
    if (printOnly) {
      return Lockstep.DONE;
    }
    return new SparkSubmitProcess(System.getenv()).run(line, masterOf(run), mode, directory, out);
  }

  private Submission submission(RunConfiguration run, String directory, Map<String, String> conf)
      throws IOException {
    Optional<Path> given = Optional.ofNullable(propertiesFile);
    return new Submission(
        run,
        masterOf(run),
        mode,
        conf,
        SparkDefaults.read(given, System.getenv()),
        given.map(Path::toString).orElse(null),
        jar != null ? jar : ApplicationJars.own(),
        jarsInPlace,
        ApplicationJars.ofTheUser(),
        arguments(run, directory));
  }

  private String masterOf(RunConfiguration run) {
    String url = master != null ? master : run.cluster().master();
    boolean bare = url.equals("local");
    return bare && ClusterManager.of(url) == ClusterManager.LOCAL
        ? "local[" + run.cluster().workers() + "]"
        : url;
  }

  /** In client mode what the user has typed; in cluster mode the configuration itself. */
  private List<String> arguments(RunConfiguration run, String directory) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    if (mode == DeployMode.CLIENT) {
      arguments.addAll(configuration.words());
    } else {
      arguments.add(InlineConfiguration.encode(run.toYaml()));
    }
    arguments.addAll(List.of("--run-dir", directory));
    if (folder.resumes()) {
      arguments.add("--resume");
    }
    return arguments;
  }

  private Map<String, String> settings() {
    Map<String, String> conf = new LinkedHashMap<>();
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals <= 0 || !setting.startsWith("spark.")) {
        throw new ConfigurationException("--conf must be spark.NAME=VALUE, got '" + setting + "'");
      }
      conf.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return conf;
  }
}
