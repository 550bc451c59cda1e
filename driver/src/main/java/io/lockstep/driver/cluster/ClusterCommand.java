package io.lockstep.driver.cluster;

import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lockstep cluster start | stop}. */
@Command(
    name = "cluster",
    description = "Starts or stops a Spark cluster of processes on this machine.",
    mixinStandardHelpOptions = true,
    subcommands = {ClusterCommand.Start.class, ClusterCommand.Stop.class},
    footer = {
      "",
      "Example:",
      "  master=$(lockstep cluster start --workers 2)",
      "  lockstep train mnist-mlp.yaml --set cluster.master=$master",
      "  lockstep cluster stop"
    })
public final class ClusterCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  /** Without start or stop the command line is wrong. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "cluster needs a command: start or stop");
  }

  /** {@code cluster start}: the master's URL is the only line on standard output. */
  @Command(
      name = "start",
      description = "Starts a master and workers and prints the master's URL.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  lockstep cluster start --workers 3 --cores-per-worker 2"})
  static final class Start implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
        names = "--workers",
        paramLabel = "N",
        description = "Spark workers, each a process (default: ${DEFAULT-VALUE}).")
    private int workers = 2;

    @Option(
        names = "--cores-per-worker",
        paramLabel = "C",
        description = "Cores that each worker offers (default: ${DEFAULT-VALUE}).")
    private int cores = 2;

    @Option(
        names = "--memory",
        paramLabel = "M",
        description = "Memory that each worker offers, as 2g or 1500m (default: 2g).")
    private String memory = "2g";

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "Where its state and logs are (default: in the temporary folder).")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException {
      ClusterSettings settings =
          new ClusterSettings(
              workers,
              cores,
              megabytes(memory),
              directory == null ? ClusterSettings.defaultDirectory() : directory,
              sparkHome(),
              Map.of(),
              Duration.ofMinutes(2));
      LocalCluster cluster = LocalCluster.start(settings);
      spec.commandLine().getOut().println(cluster.master());
      return 0;
    }

    private static Path sparkHome() {
      String home = System.getenv("SPARK_HOME");
      if (home == null || home.isEmpty()) {
        throw new ConfigurationException(
            "SPARK_HOME is not set: start this by deploy/lockstep, which finds Spark");
      }
      return Path.of(home);
    }
  }

  /** {@code cluster stop}. */
  @Command(
      name = "stop",
      description = "Stops the cluster with its executors and removes its files.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example:", "  lockstep cluster stop"})
  static final class Stop implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        description = "The directory given to start (default: in the temporary folder).")
    private @Nullable Path directory;

    @Override
    public Integer call() throws IOException {
      LocalCluster.running(directory == null ? ClusterSettings.defaultDirectory() : directory)
          .close();
      return 0;
    }
  }

  /** {@code 2g} or {@code 1500m} in megabytes. */
  static long megabytes(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (!lower.matches("[1-9][0-9]{0,8}[mg]")) {
      throw new ConfigurationException(
          "memory must be a number followed by m or g, as 2g, got '" + text + "'");
    }
    long number = Long.parseLong(lower.substring(0, lower.length() - 1));
    return lower.endsWith("g") ? number * 1024 : number;
  }
}
