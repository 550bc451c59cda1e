package io.lockstep.driver.server.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameKind;
import io.lockstep.common.frame.FrameReader;
import io.lockstep.common.frame.FrameWriter;
import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.schedule.Schedule;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ParameterServerTest {
  private static final int STEPS = 20;
  private static final List<Function<ServerAddress, ServerAddress>> WAYS =
      List.of(ServerAddress::tcpOnly, ServerAddress::byUnixSocket, address -> address);

  private final TestSeed seed = TestSeed.draw();
  private final Random random = seed.random();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void noThreadAndNoFileStays() {
    threads.shutdownNow();
    Awaitility.await().until(() -> lockstepThreads().isEmpty());
  }

  private static List<String> lockstepThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("lockstep-"))
        .toList();
  }

  private ServerAddress anyWay(ServerAddress address) {
    return WAYS.get(random.nextInt(WAYS.size())).apply(address);
  }

  private List<float[]> train(LinkedRun run, int workers) throws Exception {
    List<Future<float[]>> futures = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      List<ServerAddress> addresses = run.addresses(this::anyWay);
      futures.add(
          threads.submit(
              new LinkedWorker(run, addresses, w, workers, w, STEPS, (step, link) -> {})));
    }
    List<float[]> parameters = new ArrayList<>();
    for (Future<float[]> future : futures) {
      parameters.add(future.get());
    }
    return parameters;
  }

  @Test
  void everyMixOfWaysWorkersAndServersGivesTheBitsOfThePlainLoop() throws Exception {
    for (String rule : List.of("adamw", "lamb", "muon")) {
      for (int workers : new int[] {1, 2, 3, 7}) {
        for (int servers : new int[] {1, 2, 3}) {
          Synthetic synthetic = new Synthetic(random.nextLong(), 7, 6, rule, 0.5);
          float[] expected = synthetic.train(STEPS).get(STEPS);
          try (LinkedRun run = new LinkedRun(synthetic, servers)) {
            for (float[] parameters : train(run, workers)) {
              assertThat(parameters)
                  .as("%s: %s, %d workers, %d servers", seed, rule, workers, servers)
                  .isEqualTo(expected);
            }
            assertThat(run.reports()).hasSize(STEPS * servers);
            assertThat(run.failures()).isEmpty();
          }
        }
      }
    }
  }

  /** Knows the rate of the step it was told of last, and of no other: NaN stops the training. */
  private record Told(long step) implements Schedule {
    @Override
    public double rate(long of) {
      return of == step ? Synthetic.learningRate(of) : Double.NaN;
    }

    @Override
    public Schedule restore(List<Double> state) {
      return new Told(state.get(0).longValue());
    }
  }

  @Test
  void whatTheScheduleHasLearnedIsKnownBeforeTheStepIsApplied() throws Exception {
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      for (String rule : List.of("adamw", "lamb")) {
        Synthetic synthetic = new Synthetic(random.nextLong(), 7, 6, rule, 0.5);
        try (LinkedRun run = new LinkedRun(synthetic, 2, GradientForm.FLOAT32, new Told(-1))) {
          List<Future<float[]>> workers = new ArrayList<>();
          for (int w = 0; w < 3; w++) {
            workers.add(
                threads.submit(
                    new LinkedWorker(
                        run,
                        run.addresses(way),
                        w,
                        3,
                        w,
                        STEPS,
                        (step, link) -> link.schedule(step, List.of((double) step)))));
          }
          float[] expected = synthetic.train(STEPS).get(STEPS);
          for (Future<float[]> worker : workers) {
            assertThat(worker.get()).as("%s: %s", seed, rule).isEqualTo(expected);
          }
          assertThat(run.failures()).isEmpty();
        }
      }
    }
  }

  @Test
  void aWorkerThatDiesAndComesBackChangesNoBit() throws Exception {
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      Synthetic synthetic = new Synthetic(random.nextLong(), 5, 6, "adamw", 0);
      try (LinkedRun run = new LinkedRun(synthetic, 2)) {
        Future<float[]> steady =
            threads.submit(
                new LinkedWorker(run, run.addresses(way), 0, 2, 0, STEPS, (step, link) -> {}));
        for (int attempt = 0; attempt < 5; attempt++) {
          int last = 2 + 3 * attempt;
          LinkedWorker dying =
              new LinkedWorker(
                  run,
                  run.addresses(way),
                  1,
                  2,
                  attempt,
                  STEPS + 1,
                  (step, link) -> {
                    if (step >= last) {
                      // In the middle of the step, while frames of it may be under way.
                      threads.execute(link::close);
                    }
                  });
          assertThatThrownBy(dying::call).isInstanceOf(LinkException.class);
        }
        float[] last =
            new LinkedWorker(run, run.addresses(way), 1, 2, 5, STEPS, (step, link) -> {}).call();
        float[] expected = synthetic.train(STEPS).get(STEPS);
        assertThat(last).as(seed.toString()).isEqualTo(expected);
        assertThat(steady.get()).as(seed.toString()).isEqualTo(expected);
      }
    }
  }

  @Test
  void aLaterAttemptTakesOverAndTheEarlierOneIsToldWhy() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0);
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      try (LinkedRun run = new LinkedRun(synthetic, 1);
          WorkerLink first = connect(run, way, 5)) {
        first.pull(0);
        first.await(0);
        try (WorkerLink second = connect(run, way, 6)) {
          Awaitility.await().until(() -> !run.left().isEmpty());
          assertThat(run.left()).containsExactly("worker 0 attempt 5: attempt 6 has taken over");
          assertThatThrownBy(
                  () -> {
                    first.pull(0);
                    first.await(0);
                  })
              .isInstanceOf(LinkException.class);
          assertThatThrownBy(() -> connect(run, way, 5))
              .hasMessageContaining("attempt 6 of worker 0 has taken over, got attempt 5");
          second.pull(0);
          second.await(0);
        }
      }
    }
  }

  private static WorkerLink connect(
      LinkedRun run, Function<ServerAddress, ServerAddress> way, long attempt)
      throws LinkException {
    WorkerIdentity worker = new WorkerIdentity(run.token(), 1, 0, attempt);
    return WorkerLink.connect(
        worker, run.synthetic().layout(), run.addresses(way), (offset, values) -> {});
  }

  @Test
  void anotherRunAndAnotherIncarnationAreRefused() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0);
    try (LinkedRun run = new LinkedRun(synthetic, 1)) {
      for (Function<ServerAddress, ServerAddress> way : WAYS.subList(0, 2)) {
        assertRefused(
            run, way, new WorkerIdentity("guess", 1, 0, 0), "the token is of another run");
        assertRefused(
            run, way, new WorkerIdentity(run.token(), 2, 0, 0), "incarnation must be 1, got 2");
      }
      assertThatThrownBy(() -> run.servers().get(0).open(new WorkerIdentity("guess", 1, 0, 0)))
          .hasMessage("the token is of another run");
    }
  }

  private static void assertRefused(
      LinkedRun run,
      Function<ServerAddress, ServerAddress> way,
      WorkerIdentity worker,
      String reason) {
    assertThatThrownBy(
            () ->
                WorkerLink.connect(
                    worker, run.synthetic().layout(), run.addresses(way), (offset, values) -> {}))
        .isInstanceOfSatisfying(LinkException.class, e -> assertThat(e.isRefused()).isTrue())
        .hasMessageContaining(reason)
        .hasMessageNotContaining(worker.runToken());
  }

  @Test
  void aWorkerThatSendsWhatCannotBeIsToldWhyBeforeTheConnectionEnds() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0);
    try (LinkedRun run = new LinkedRun(synthetic, 1)) {
      ServerAddress address = run.servers().get(0).address();
      try (SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(address.host(), address.port()))) {
        FrameWriter writer = new FrameWriter(channel, 1, Frame.maximumPayload(100));
        FrameReader reader = new FrameReader(channel, 1, Frame.maximumPayload(100));
        writer.hello(0, 0, 0, Frame.tokenDigest(run.token()));
        writer.sums(3, 1, true, new Scalars(0, 1, 0, 1));
        writer.flush();
        assertThat(reader.next()).isTrue();
        assertThat(reader.kind()).isEqualTo(FrameKind.WELCOME);
        assertThat(reader.next()).isTrue();
        assertThat(reader.kind()).isEqualTo(FrameKind.REFUSED);
        assertThat(reader.text()).isEqualTo("worker 0: step must be at most 0, got 3");
        assertThat(reader.next()).isFalse();
      }
    }
  }

  @Test
  void strangersThatSayNothingCannotKeepWorkersOut() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0);
    List<SocketChannel> strangers = new ArrayList<>();
    try (LinkedRun run = new LinkedRun(synthetic, 1)) {
      ServerAddress address = run.servers().get(0).address();
      for (int i = 0; i < 100; i++) {
        strangers.add(SocketChannel.open(new InetSocketAddress(address.host(), address.port())));
      }
      Awaitility.await().until(() -> lockstepThreads().size() <= 2 + 64);
      connect(run, ServerAddress::tcpOnly, 0).close();
    } finally {
      for (SocketChannel stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void closingAServerWakesItsWorkersAndRemovesItsFile() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0);
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      Path socket;
      Future<float[]> waiting;
      try (LinkedRun run = new LinkedRun(synthetic, 2)) {
        socket = Path.of(run.servers().get(0).address().unixPath());
        assertThat(socket).exists();
        assertThat(Files.getPosixFilePermissions(socket.getParent())).hasSize(3);
        // The other worker of two never comes, so this one waits for version 1.
        waiting =
            threads.submit(
                new LinkedWorker(run, run.addresses(way), 0, 2, 0, STEPS, (step, link) -> {}));
        Awaitility.await().until(() -> run.joined().size() == 2);
      }
      assertThatThrownBy(waiting::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(LinkException.class);
      assertThat(socket).doesNotExist();
      assertThat(socket.getParent()).doesNotExist();
    }
  }

  @Test
  void aWorkerWaitingAtOneServerLearnsThatAnotherBroke() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 10, "sgd", 0);
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      try (LinkedRun run = new LinkedRun(synthetic, 2);
          WorkerLink link = connect(run, way, 0)) {
        link.pull(1);
        Future<?> waiting =
            threads.submit(
                () -> {
                  link.await(1);
                  return null;
                });
        run.servers().get(1).close();
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(LinkException.class);
      }
    }
  }

  @Test
  void droppedWorkersMayComeAgainInAnotherDeal() throws Exception {
    Synthetic synthetic = new Synthetic(random.nextLong(), 6, 6, "adamw", 1.0);
    try (LinkedRun run = new LinkedRun(synthetic, 2)) {
      List<Future<float[]>> first = new ArrayList<>();
      // Worker 2 of 3 never comes: the others hand over step 0 and wait.
      for (int w = 0; w < 2; w++) {
        first.add(
            threads.submit(
                new LinkedWorker(
                    run, run.addresses(this::anyWay), w, 3, w, STEPS, (step, link) -> {})));
      }
      Awaitility.await().until(() -> run.joined().size() == 4);
      run.servers().forEach(server -> server.dropWorkers("dealt anew"));
      for (Future<float[]> future : first) {
        assertThatThrownBy(future::get).hasCauseInstanceOf(LinkException.class);
      }
      float[] expected = synthetic.train(STEPS).get(STEPS);
      for (int w = 0; w < 2; w++) {
        first.set(
            w,
            threads.submit(
                new LinkedWorker(
                    run, run.addresses(this::anyWay), w, 2, 10 + w, STEPS, (s, l) -> {})));
      }
      for (Future<float[]> future : first) {
        assertThat(future.get()).as(seed.toString()).isEqualTo(expected);
      }
    }
  }

  @Test
  void aSecondServerOfTheSameNumberInThisProcessIsRefused() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0);
    try (LinkedRun run = new LinkedRun(synthetic, 1)) {
      assertThatThrownBy(
              () ->
                  ParameterServer.start(
                      ServerSettings.of(run.token(), 1, 0, "127.0.0.1"),
                      synthetic.shard(synthetic.layout().chunks()),
                      100,
                      run.events()))
          .hasMessage("server 0 of incarnation 1 is in this process already");
    }
  }
}
