package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.coordinator.Outcome;
import io.lockstep.driver.report.Build;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import io.lockstep.driver.report.ValidationRecord;
import io.lockstep.driver.server.door.SharedSecret;
import io.lockstep.driver.server.process.Invitation;
import io.lockstep.driver.server.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers in processes of their own give the bits of servers in the driver. Here they are threads
 * of this process, which know nothing of the run but what its invitation says.
 */
@Timeout(180)
class ServerProcessesRunTest {
  private static final Pattern INVITATION =
      Pattern.compile(".* deploy/lockstep server --coordinator (?<host>.+):(?<port>\\d+)");

  @TempDir private Path folder;
  private final List<ServerProcess> processes = new ArrayList<>();
  private final List<CompletableFuture<Boolean>> done = new ArrayList<>();
  private RunCase runs;
  private String data;
  private Path secretFile;

  @BeforeEach
  void write() throws IOException {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
    secretFile = Files.writeString(folder.resolve("secret"), "known to driver and processes\n");
  }

  private RunConfiguration configuration(String... set) {
    return RunCase.configuration(data, RunCase.CNN, RunCase.LAMB, set);
  }

  private RunConfiguration onProcesses(String... set) {
    return configuration(settings(set));
  }

  private String[] settings(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "cluster.workers=2",
                "cluster.servers=3",
                "cluster.placement=processes",
                "cluster.serverProcesses=2",
                "cluster.port=0",
                "cluster.secretFile=" + secretFile));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  /** Starts so many processes where the run invites them. */
  private class Inviting implements RunListener {
    private final int count;
    private String host = "";
    private int port;

    Inviting(int count) {
      this.count = count;
    }

    @Override
    public void note(String message) {
      Matcher invitation = INVITATION.matcher(message);
      if (invitation.matches()) {
        host = invitation.group("host");
        port = Integer.parseInt(invitation.group("port"));
        invite(count);
      }
    }

    void invite(int more) {
      for (int i = 0; i < more; i++) {
        start(host, port);
      }
    }
  }

  private void start(String host, int port) {
    SharedSecret secret = SharedSecret.find(secretFile, "--secret-file", Map.of());
    Invitation invitation =
        new Invitation(host, port, secret, "", "", 0, 0, Optional.empty(), false);
    ServerProcess process = new ServerProcess(invitation, Build.name(), line -> {});
    processes.add(process);
    CompletableFuture<Boolean> end = new CompletableFuture<>();
    done.add(end);
    Thread thread = new Thread(() -> end.complete(process.run()), "server-process");
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void theyGiveTheBitsOfServersInTheDriverAndEndWithTheRun() throws Exception {
    String expected = runs.run(configuration()).weightsSha256();
    Summary summary = RunCase.run(onProcesses(), runs.newDirectory(), new Inviting(2));
    assertThat(summary.weightsSha256()).isEqualTo(expected);
    assertThat(summary.reproducible()).isTrue();
    assertThat(summary.restarts()).isZero();
    assertThat(done).hasSize(2);
    for (CompletableFuture<Boolean> process : done) {
      assertThat(process.get(20, TimeUnit.SECONDS)).as("its run is done").isTrue();
    }
  }

  @Test
  void aRangeTestThatEndsWithTheLossIsDoneForThemToo() throws Exception {
    String[] exploding =
        settings(
            "model.layers=[{type: dense, units: 16}, {type: dense, units: 4}]",
            "optimizer.learningRate=1e30");
    RunConfiguration test = RunCase.configuration(data, RunCase.MLP, RunCase.SGD, exploding);
    try (RunDirectory directory = RunDirectory.create(runs.newDirectory())) {
      Outcome outcome = Training.observe(test, directory, new Inviting(2), () -> false);
      assertThat(outcome.kind()).isEqualTo(Outcome.Kind.NOT_FINITE);
    }
    for (CompletableFuture<Boolean> process : done) {
      assertThat(process.get(20, TimeUnit.SECONDS)).as("its run is done").isTrue();
    }
  }

  @Test
  void aSuccessorOfOneThatGoesInTheMiddleChangesNothing() {
    String[] longer = {"train.steps=200", "checkpoint.everySteps=20"};
    String expected = runs.run(configuration(longer)).weightsSha256();
    AtomicBoolean ended = new AtomicBoolean();
    List<String> restarts = new ArrayList<>();
    Inviting listener =
        new Inviting(2) {
          @Override
          public void validation(ValidationRecord validation) {
            if (validation.step() >= 5 && ended.compareAndSet(false, true)) {
              processes.get(0).end("it was told to end");
              invite(1);
            }
          }

          @Override
          public void restarted(int count, String reason) {
            restarts.add(reason);
          }
        };
    Summary summary = RunCase.run(onProcesses(longer), runs.newDirectory(), listener);
    assertThat(restarts).singleElement().asString().endsWith("it was told to end");
    assertThat(summary.restarts()).isEqualTo(1);
    assertThat(summary.weightsSha256()).isEqualTo(expected);
  }
}
