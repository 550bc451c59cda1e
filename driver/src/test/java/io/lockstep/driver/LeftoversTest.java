package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataException;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs leave nothing behind, whether they end well or fail. They run in a process of their own,
 * whose threads, sockets and temporary files are nobody else's.
 */
class LeftoversTest {
  private static final long PATIENCE_SECONDS = 300;

  @TempDir private Path folder;

  @Test
  void twentyRunsOneAfterAnotherLeaveNothingBehind() throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.add("-Xmx1g");
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(TwentyRuns.class.getName());
    command.add(folder.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("20 runs left nothing behind");
    assertThat(Leftovers.entries(temporary)).as("temporary files after the process").isEmpty();
  }

  /** What the process does. */
  static final class TwentyRuns {
    private static final int RUNS = 20;

    /** By then what Spark, Akka and the JVM keep for the next run is there. */
    private static final int SETTLED = 5;

    private final RunCase runs;
    private final String data;
    private final String badData;
    private @Nullable Leftovers settled;

    private TwentyRuns(Path folder) throws IOException {
      runs = new RunCase(folder);
      data = runs.idx("source", RunCase.inOrder());
      badData = runs.csv("bad", RunCase.inOrder(), 1);
      Path csv = folder.resolve("bad/part-0.csv");
      Files.writeString(csv, Files.readString(csv).replaceFirst("\n[0-9]+,", "\nNaN,"));
    }

    /** Runs, and ends with 1 where something is left. */
    public static void main(String[] arguments) throws IOException {
      TwentyRuns twenty = new TwentyRuns(Path.of(arguments[0]));
      for (int run = 1; run <= RUNS; run++) {
        twenty.run(run);
      }
      System.out.println(RUNS + " runs left nothing behind");
    }

    private void run(int number) throws IOException {
      boolean diverges = number % 4 == 3;
      boolean badRow = number % 10 == 6;
      boolean noFile = number % 10 == 8;
      RunConfiguration configuration =
          RunCase.configuration(
              badRow ? badData : noFile ? data.replace("source-images", "nowhere") : data,
              RunCase.MLP,
              RunCase.SGD,
              "train.steps=4",
              "checkpoint.everySteps=2",
              "optimizer.learningRate=" + (diverges ? "1e38" : "0.05"),
              "cluster.placement=" + (number % 2 == 0 ? "workers" : "driver"),
              "cluster.workers=" + (1 + number / 2 % 2),
              "cluster.servers=" + (1 + number / 4 % 2));
      Class<? extends Exception> expected =
          badRow
              ? DataException.class
              : noFile ? ConfigurationException.class : diverges ? RunFailedException.class : null;
      Path path = runs.newDirectory();
      Path sockets = SocketFolder.of(path.toString());
      List<Boolean> socketsWereThere = new ArrayList<>();
      Exception failure =
          end(
              configuration,
              path,
              new RunListener() {
                @Override
                public void step(StepRecord step) {
                  socketsWereThere.add(Files.isDirectory(sockets));
                }
              });
      if (expected == null) {
        assertThat(failure).as("run %d", number).isNull();
        assertThat(socketsWereThere).containsOnly(true).hasSize(4);
      } else {
        assertThat(failure).as("run %d", number).isInstanceOf(expected);
      }
      assertThat(sockets).doesNotExist();
      check(number);
    }

    private static @Nullable Exception end(
        RunConfiguration configuration, Path path, RunListener listener) {
      try {
        RunCase.run(configuration, path, listener);
        return null;
      } catch (RunFailedException | DataException | ConfigurationException e) {
        return e;
      }
    }

    /** Threads end a moment after they are told to, those of Spark's network some seconds. */
    private void check(int number) throws IOException {
      boolean compared = number == SETTLED || number == RUNS;
      Awaitility.await("after run " + number)
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(20))
          .pollInSameThread()
          .untilAsserted(
              () -> {
                Leftovers now = Leftovers.now();
                now.assertNothingOfOurs();
                if (compared) {
                  now.assertSparkHasEnded();
                }
              });
      Leftovers now = Leftovers.now();
      System.out.println("after run " + number + ": " + now);
      if (number == SETTLED) {
        settled = now;
      } else if (settled != null && number == RUNS) {
        now.assertNoMoreThan(settled, RUNS - SETTLED);
      }
    }
  }

  /**
   * What a process has.
   *
   * @param threads names of live threads, numbers left out
   * @param ownThreads names of those that Lockstep and its actor systems started
   * @param sockets on which the process listens, or by which it is connected
   * @param children processes that it started
   * @param temporaryFiles entries of its folder for temporary files
   * @param openFiles how many file descriptors are open
   */
  record Leftovers(
      List<String> threads,
      List<String> ownThreads,
      List<String> sockets,
      List<String> children,
      List<String> temporaryFiles,
      int openFiles) {
    /** A Unix socket without a path: the JDK keeps one, as what a closing channel becomes. */
    private static final Pattern NAMELESS = Pattern.compile("unix( \\S+){7}");

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static Leftovers now() throws IOException {
      List<String> names =
          Thread.getAllStackTraces().keySet().stream()
              .map(thread -> thread.getName().replaceAll("\\d+", "#"))
              .sorted()
              .toList();
      List<String> descriptors = new ArrayList<>();
      for (String descriptor : entries(DESCRIPTORS)) {
        target(DESCRIPTORS.resolve(descriptor)).ifPresent(descriptors::add);
      }
      return new Leftovers(
          names,
          names.stream()
              .filter(name -> name.contains("lockstep") || name.contains("akka"))
              .toList(),
          descriptors.stream()
              .filter(target -> target.startsWith("socket:"))
              .map(Leftovers::describe)
              .filter(socket -> !NAMELESS.matcher(socket).matches())
              .toList(),
          ProcessHandle.current().descendants().map(ProcessHandle::toString).toList(),
          entries(Path.of(System.getProperty("java.io.tmpdir"))),
          descriptors.size());
    }

    /** Where a descriptor leads, unless it was closed after it was listed. */
    private static Optional<String> target(Path link) throws IOException {
      try {
        return Optional.of(Files.readSymbolicLink(link).toString());
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
    }

    /** The kernel's line on a socket, from {@code socket:[INODE]}. */
    private static String describe(String socket) {
      String inode = socket.replaceAll("\\D", "");
      for (String table : List.of("tcp", "tcp6", "udp", "udp6", "unix")) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/net", table))) {
          Optional<String> line =
              lines.filter(text -> List.of(text.split("\\s+")).contains(inode)).findFirst();
          if (line.isPresent()) {
            return table + " " + line.get().strip().replaceAll(" +", " ");
          }
        } catch (IOException e) {
          return socket + ": " + e.getMessage();
        }
      }
      return socket;
    }

    static List<String> entries(Path folder) throws IOException {
      try (var files = Files.list(folder)) {
        return files.map(file -> file.getFileName().toString()).sorted().toList();
      }
    }

    void assertNothingOfOurs() {
      assertThat(ownThreads).as("threads").isEmpty();
      assertThat(sockets).as("sockets").isEmpty();
      assertThat(children).as("processes").isEmpty();
      assertThat(temporaryFiles)
          .as("temporary files")
          .noneMatch(name -> name.startsWith("lockstep") || name.startsWith("blockmgr"));
    }

    void assertSparkHasEnded() {
      assertThat(threads)
          .noneMatch(name -> name.matches("(rpc|shuffle|files|globalEventExecutor|spark|dag).*"));
    }

    /** Fewer than one a run: the JVM itself may open a file or start a thread at any time. */
    void assertNoMoreThan(Leftovers before, int runs) {
      assertThat(temporaryFiles).as("temporary files").isEqualTo(before.temporaryFiles);
      assertThat(threads.size())
          .as("threads: %s", threads)
          .isLessThan(before.threads.size() + runs);
      assertThat(openFiles).as("open files").isLessThan(before.openFiles + runs);
    }
  }
}
