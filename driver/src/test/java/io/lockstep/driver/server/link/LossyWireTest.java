package io.lockstep.driver.server.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.frame.Frame;
import io.lockstep.common.frame.FrameKind;
import io.lockstep.common.frame.FrameReader;
import io.lockstep.common.frame.FrameWriter;
import io.lockstep.common.frame.GradientCodec;
import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.optim.scale.LossScale;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gradients that are rounded on their way, from real links to real servers. */
@Timeout(120)
class LossyWireTest {
  private static final int STEPS = 20;
  private static final List<GradientForm> FORMS =
      List.of(GradientForm.FLOAT16, GradientForm.BFLOAT16);
  private static final List<Function<ServerAddress, ServerAddress>> WAYS =
      List.of(ServerAddress::tcpOnly, ServerAddress::byUnixSocket, address -> address);

  /** Overflows float16 at once, comes down, and grows again every fourth step. */
  private static final LossScale RESTLESS = LossScale.dynamic(20, 1, -1, 4);

  private final TestSeed seed = TestSeed.draw();
  private final Random random = seed.random();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private List<float[]> train(
      LinkedRun run, int workers, Function<ServerAddress, ServerAddress> way) throws Exception {
    List<Future<float[]>> futures = new ArrayList<>();
    for (int w = 0; w < workers; w++) {
      futures.add(
          threads.submit(
              new LinkedWorker(run, run.addresses(way), w, workers, w, STEPS, (step, link) -> {})));
    }
    List<float[]> parameters = new ArrayList<>();
    for (Future<float[]> future : futures) {
      parameters.add(future.get());
    }
    return parameters;
  }

  private static List<ScaledStep> scaledSteps(LinkedRun run) {
    return run.reports().stream()
        .filter(report -> report.firstChunk() == 0)
        .map(StepReport::scaled)
        .map(Objects::requireNonNull)
        .toList();
  }

  @Test
  void theSameNumberOfWorkersGivesTheSameBitsOverEveryWayAndAnyServers() throws Exception {
    for (GradientForm form : FORMS) {
      for (String rule : List.of("adamw", "lamb")) {
        Synthetic synthetic =
            new Synthetic(random.nextLong(), 7, 6, rule, 0.5).withLossScale(RESTLESS);
        for (int workers : new int[] {1, 3}) {
          float[] expected = {};
          List<ScaledStep> scales = List.of();
          for (Function<ServerAddress, ServerAddress> way : WAYS) {
            for (int servers : new int[] {1, 2, 3}) {
              try (LinkedRun run = new LinkedRun(synthetic, servers, form)) {
                List<float[]> found = train(run, workers, way);
                if (expected.length == 0) {
                  expected = found.get(0);
                  scales = scaledSteps(run);
                }
                String what = seed + ": " + form + ", " + rule + ", " + workers + ", " + servers;
                for (float[] parameters : found) {
                  assertThat(parameters).as(what).isEqualTo(expected);
                }
                assertThat(scaledSteps(run)).as(what).isEqualTo(scales);
                assertThat(run.failures()).isEmpty();
              }
            }
          }
          assertThat(scales).hasSize(STEPS).contains(new ScaledStep(1 << 20, form == FORMS.get(0)));
          assertThat(expected)
              .as("rounded, with steps skipped")
              .isNotEqualTo(synthetic.train(STEPS).get(STEPS));
        }
      }
    }
  }

  @Test
  void withoutOverflowARunEndsNearTheOneThatIsNotRounded() throws Exception {
    for (GradientForm form : FORMS) {
      Synthetic exact = new Synthetic(random.nextLong(), 5, 6, "sgd", 0);
      float[] expected = exact.train(STEPS).get(STEPS);
      Synthetic synthetic = exact.withLossScale(LossScale.fixed(3));
      try (LinkedRun run = new LinkedRun(synthetic, 2, form)) {
        float[] found = train(run, 2, ServerAddress::byUnixSocket).get(0);
        assertThat(scaledSteps(run)).containsOnly(new ScaledStep(8, false));
        // A gradient below 8 in size is off by at most 2^-9 of it at 8 bits: over 20 steps of
        // rates that fall from 0.01, the sum of rates being below 0.04, by less than 0.04 2^-6.
        float tolerance = 0.04f / 64;
        for (int i = 0; i < expected.length; i++) {
          assertThat(found[i])
              .as("%s, %s, element %d", seed, form, i)
              .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(tolerance));
        }
        assertThat(found).isNotEqualTo(expected);
      }
    }
  }

  @Test
  void aWorkerThatComesBackLearnsTheScaleAndChangesNoBit() throws Exception {
    Synthetic synthetic =
        new Synthetic(random.nextLong(), 5, 6, "adamw", 0).withLossScale(RESTLESS);
    float[] expected;
    try (LinkedRun run = new LinkedRun(synthetic, 1, GradientForm.FLOAT16)) {
      expected = train(run, 2, address -> address).get(0);
    }
    for (Function<ServerAddress, ServerAddress> way : WAYS) {
      try (LinkedRun run = new LinkedRun(synthetic, 2, GradientForm.FLOAT16)) {
        Future<float[]> steady =
            threads.submit(
                new LinkedWorker(run, run.addresses(way), 0, 2, 0, STEPS, (step, link) -> {}));
        for (int attempt = 0; attempt < 5; attempt++) {
          int last = 1 + 3 * attempt;
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
                      threads.execute(link::close);
                    }
                  });
          assertThatThrownBy(dying::call).isInstanceOf(LinkException.class);
        }
        float[] last =
            new LinkedWorker(run, run.addresses(way), 1, 2, 5, STEPS, (step, link) -> {}).call();
        assertThat(last).as(seed.toString()).isEqualTo(expected);
        assertThat(steady.get()).as(seed.toString()).isEqualTo(expected);
      }
    }
  }

  @Test
  void anotherFormAndAnotherScaleAreRefusedByName() throws Exception {
    Synthetic synthetic = new Synthetic(1, 2, 100, "sgd", 0).withLossScale(LossScale.fixed(4));
    float[] gradient = new float[35];
    assertThat(answer(synthetic, writer -> writer.gradient(0, 2, 0, gradient, 0, 35)))
        .isEqualTo("GRADIENT frame: form must be float16, got float32");
    assertThat(
            answer(
                synthetic,
                writer ->
                    writer.gradient(
                        0, 2, 0, new GradientCodec(GradientForm.FLOAT16), 3, gradient, 0, 35)))
        .isEqualTo("worker 0: loss scale of step 0 must be 2^4, got 2^3");
  }

  @FunctionalInterface
  private interface Say {
    void to(FrameWriter writer) throws Exception;
  }

  /** What the server says when a worker of two has announced its node and then says that. */
  private static String answer(Synthetic synthetic, Say say) throws Exception {
    try (LinkedRun run = new LinkedRun(synthetic, 1, GradientForm.FLOAT16)) {
      ServerAddress address = run.servers().get(0).address();
      try (SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(address.host(), address.port()))) {
        FrameWriter writer = new FrameWriter(channel, 1, Frame.maximumPayload(100));
        FrameReader reader = new FrameReader(channel, 1, Frame.maximumPayload(100));
        writer.hello(0, 0, 0, Frame.tokenDigest(run.token()));
        writer.sums(0, 2, true, synthetic.scalars(0, 0));
        say.to(writer);
        writer.flush();
        assertThat(reader.next()).isTrue();
        assertThat(reader.kind()).isEqualTo(FrameKind.WELCOME);
        assertThat(reader.form()).isEqualTo(GradientForm.FLOAT16);
        assertThat(reader.next()).isTrue();
        assertThat(reader.kind()).isEqualTo(FrameKind.REFUSED);
        return reader.text();
      }
    }
  }
}
