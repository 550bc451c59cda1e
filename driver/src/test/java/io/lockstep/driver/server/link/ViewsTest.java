package io.lockstep.driver.server.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.optim.View;
import io.lockstep.common.optim.WeightAverage;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Model and average as workers get them from their servers, on every way. */
class ViewsTest {
  private static final int STEPS = 6;
  private static final List<Function<ServerAddress, ServerAddress>> WAYS =
      List.of(Function.identity(), ServerAddress::byUnixSocket, ServerAddress::tcpOnly);
  private static final WeightAverage SWA =
      Averages.create(Options.of("average", Map.of("type", "swa", "startStep", 2L)));

  private final TestSeed seed = TestSeed.draw();
  private final Random random = seed.random();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  @Test
  void everyWorkerSeesTheViewsOfThePlainLoopBeforeEveryPushAndChangesNoBit() throws Exception {
    for (String rule : List.of("schedule-free-adamw", "lamb")) {
      for (Function<ServerAddress, ServerAddress> way : WAYS) {
        Synthetic synthetic = new Synthetic(random.nextLong(), 5, 6, rule, SWA);
        try (LinkedRun run = new LinkedRun(synthetic, 2)) {
          List<Future<float[]>> workers = new ArrayList<>();
          for (int w = 0; w < 3; w++) {
            workers.add(threads.submit(new Viewer(run, way, w).worker));
          }
          for (Future<float[]> worker : workers) {
            assertThat(worker.get())
                .as("%s: %s", seed, rule)
                .isEqualTo(synthetic.train(STEPS).get(STEPS));
          }
        }
      }
    }
  }

  /** A worker that looks at everything there is. */
  private final class Viewer {
    private final Map<View, List<float[]>> expected;
    private final LinkedWorker worker;

    Viewer(LinkedRun run, Function<ServerAddress, ServerAddress> way, int number) {
      Synthetic synthetic = run.synthetic();
      this.expected =
          Map.of(
              View.PARAMETERS, synthetic.train(STEPS),
              View.MODEL, synthetic.train(STEPS, View.MODEL),
              View.AVERAGE, synthetic.train(STEPS, View.AVERAGE));
      this.worker = new LinkedWorker(run, run.addresses(way), number, 3, 0, STEPS, this::look);
    }

    private void look(long step, WorkerLink link) throws LinkException, InterruptedException {
      for (View view : List.of(View.MODEL, View.AVERAGE)) {
        assertThat(link.view(step, view)).isTrue();
        assertSees(view, step);
      }
      link.pull(step);
      link.await(step);
      assertSees(View.PARAMETERS, step);
    }

    private void assertSees(View view, long step) {
      assertThat(worker.parameters())
          .as("%s: %s of version %d", seed, view, step)
          .isEqualTo(java.util.Objects.requireNonNull(expected.get(view)).get((int) step));
    }
  }

  @Test
  void aVersionThatHasPassedIsGoneAndTheLinkGoesOn() throws Exception {
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      Synthetic synthetic = new Synthetic(random.nextLong(), 2, 6, "schedule-free-sgd", SWA);
      try (LinkedRun run = new LinkedRun(synthetic, 2)) {
        new LinkedWorker(run, run.addresses(way), 0, 1, 0, STEPS, (step, link) -> {}).call();
        float[] seen = new float[(int) synthetic.layout().size()];
        try (WorkerLink link = connect(run, way, seen)) {
          assertThat(link.firstStep()).isEqualTo(STEPS);
          assertThat(link.view(STEPS - 1, View.MODEL)).isFalse();
          assertThat(link.view(STEPS - 1, View.AVERAGE)).isFalse();
          link.pull(STEPS - 1);
          link.await(STEPS - 1);
          assertThat(seen).isEqualTo(synthetic.train(STEPS).get(STEPS - 1));
          assertThat(link.view(STEPS, View.AVERAGE)).isTrue();
          assertThat(seen).isEqualTo(synthetic.train(STEPS, View.AVERAGE).get(STEPS));
        }
      }
    }
  }

  @Test
  void aViewThatCannotBeIsRefused() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 6, "schedule-free-sgd", WeightAverage.NONE);
    try (LinkedRun run = new LinkedRun(synthetic, 1)) {
      for (Function<ServerAddress, ServerAddress> way : WAYS) {
        try (WorkerLink link = connect(run, way, new float[(int) synthetic.layout().size()])) {
          assertThatThrownBy(() -> link.view(0, View.AVERAGE))
              .isInstanceOf(LinkException.class)
              .hasMessageContaining("worker 0: the run keeps no average");
        }
        try (WorkerLink link = connect(run, way, new float[(int) synthetic.layout().size()])) {
          assertThatThrownBy(() -> link.view(1, View.MODEL))
              .isInstanceOf(LinkException.class)
              .hasMessageContaining("worker 0: version must be at most 0 to be viewed, got 1");
        }
      }
    }
  }

  private static WorkerLink connect(
      LinkedRun run, Function<ServerAddress, ServerAddress> way, float[] seen)
      throws LinkException {
    return WorkerLink.connect(
        new WorkerIdentity(run.token(), 1, 0, 9),
        run.synthetic().layout(),
        run.addresses(way),
        (offset, values) ->
            values.asFloatBuffer().get(seen, (int) offset, values.remaining() / Float.BYTES));
  }
}
