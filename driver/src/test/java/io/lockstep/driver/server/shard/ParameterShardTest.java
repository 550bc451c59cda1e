package io.lockstep.driver.server.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.tree.PlainTree;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.Synthetic;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParameterShardTest {
  private static final int STEPS = 3;

  private final TestSeed seed = TestSeed.draw();

  /** All shards of a model in one place, rounds reduced at once; writes down what they tell. */
  private static class Shards implements ShardEvents {
    private final Synthetic synthetic;
    private final List<ParameterShard> shards = new ArrayList<>();
    private final RoundTotals roundTotals;
    private final List<RoundSums> rounds = new ArrayList<>();
    private final List<StepReport> reports = new ArrayList<>();
    private final List<StepFailure> failures = new ArrayList<>();
    private final List<String> ready = new ArrayList<>();

    Shards(Synthetic synthetic, int servers) {
      this.synthetic = synthetic;
      this.roundTotals = new RoundTotals(synthetic.layout());
      for (List<Chunk> chunks : synthetic.layout().shards(servers)) {
        if (!chunks.isEmpty()) {
          shards.add(synthetic.shard(chunks));
        }
      }
    }

    @Override
    public void chunkReady(int index, long version) {
      ready.add(index + "@" + version);
    }

    @Override
    public void roundReady(RoundSums sums) {
      rounds.add(sums);
    }

    @Override
    public void stepDone(StepReport report) {
      reports.add(report);
    }

    @Override
    public void failed(StepFailure failure) {
      failures.add(failure);
    }

    void reduceRounds() {
      while (!rounds.isEmpty()) {
        RoundSums part = rounds.remove(0);
        double[][] totals = roundTotals.add(part);
        if (totals != null) {
          shards.forEach(shard -> shard.totals(part.step(), part.round(), totals, this));
        }
      }
    }

    float[] parameters(long version) throws ShardException {
      float[] parameters = new float[(int) synthetic.layout().size()];
      for (ParameterShard shard : shards) {
        for (int c = 0; c < shard.chunks().size(); c++) {
          ByteBuffer values = Objects.requireNonNull(shard.parameters(c, version));
          Chunk chunk = shard.chunks().get(c);
          values.asFloatBuffer().get(parameters, (int) chunk.offset(), chunk.length());
        }
      }
      return parameters;
    }
  }

  /** One frame: the sums of a node (chunk -1) or its gradient of a chunk. */
  private record Frame(ParameterShard shard, int node, int chunk) {}

  private static float @Nullable [] partial(
      ReductionTree tree, float[] @Nullable [] leaves, int node) {
    int first = tree.firstLeaf(node);
    return PlainTree.sum(
        leaves, first, Integer.highestOneBit(2 * (tree.endLeaf(node) - first) - 1));
  }

  /** What a worker sends to a shard: all sums, then gradients in any order. */
  private static List<Frame> frames(
      Shards shards, ParameterShard shard, int from, int to, Random random) {
    List<Frame> frames = new ArrayList<>();
    List<Integer> cover = shards.synthetic.tree().cover(from, to);
    cover.forEach(node -> frames.add(new Frame(shard, node, -1)));
    List<Frame> gradients = new ArrayList<>();
    for (int node : cover) {
      shard.chunks().forEach(chunk -> gradients.add(new Frame(shard, node, chunk.index())));
    }
    java.util.Collections.shuffle(gradients, random);
    frames.addAll(gradients);
    return frames;
  }

  private static void send(Shards shards, Frame frame, long step, float[] @Nullable [] leaves)
      throws ShardException {
    Synthetic synthetic = shards.synthetic;
    float[] gradient = partial(synthetic.tree(), leaves, frame.node);
    if (frame.chunk < 0) {
      int first = synthetic.tree().firstLeaf(frame.node);
      int end = synthetic.tree().endLeaf(frame.node);
      Scalars sums = Scalars.NONE;
      for (int m = first; m < end; m++) {
        sums = synthetic.isAbsent(step, m) ? sums : sums.plus(synthetic.scalars(step, m));
      }
      frame.shard.sums(step, frame.node, gradient != null, sums, shards);
    } else if (gradient != null) {
      Chunk chunk = synthetic.layout().chunks().get(frame.chunk);
      FloatBuffer values = FloatBuffer.wrap(gradient, (int) chunk.offset(), chunk.length());
      frame.shard.gradient(step, frame.node, frame.chunk, values, shards);
    }
  }

  /** The streams of several attempts and deals, each in its own order, interleaved at random. */
  private static void step(Shards shards, long step, Random random) throws ShardException {
    float[] parameters = shards.parameters(step);
    float[] @Nullable [] leaves = shards.synthetic.gradients(step, parameters);
    ReductionTree tree = shards.synthetic.tree();
    List<List<Frame>> queues = new ArrayList<>();
    int deals = 1 + random.nextInt(2);
    for (int deal = 0; deal < deals; deal++) {
      int workers = 1 + random.nextInt(Math.min(7, tree.leaves()));
      for (int w = 0; w < workers; w++) {
        int from = tree.runStart(w, workers);
        int to = tree.runStart(w + 1, workers);
        for (ParameterShard shard : shards.shards) {
          List<Frame> frames = frames(shards, shard, from, to, random);
          if (deal > 0 || random.nextInt(5) == 0) {
            // A worker that died on the way; in a second deal anyone may.
            queues.add(new ArrayList<>(frames.subList(0, random.nextInt(frames.size() + 1))));
          }
          if (deal == 0) {
            queues.add(frames);
          }
        }
      }
    }
    while (!queues.isEmpty()) {
      List<Frame> queue = queues.get(random.nextInt(queues.size()));
      if (queue.isEmpty()) {
        queues.remove(queue);
      } else {
        send(shards, queue.remove(0), step, leaves);
        shards.reduceRounds();
      }
    }
  }

  @Test
  void anyOrderDealAndNumberOfShardsGivesTheBitsOfThePlainLoop() throws ShardException {
    Random random = seed.random();
    List<String> rules = List.of("sgd", "adamw", "lamb", "muon");
    for (int trial = 0; trial < 150; trial++) {
      int slices = 1 + random.nextInt(13);
      int chunkElements = 1 + random.nextInt(40);
      double clip = random.nextBoolean() ? 0.5 : 0;
      String rule = rules.get(random.nextInt(rules.size()));
      Synthetic synthetic = new Synthetic(random.nextLong(), slices, chunkElements, rule, clip);
      Shards shards = new Shards(synthetic, 1 + random.nextInt(5));
      List<float[]> expected = synthetic.train(STEPS);
      for (int step = 0; step < STEPS; step++) {
        step(shards, step, random);
        assertThat(shards.failures).as(seed.toString()).isEmpty();
        assertThat(shards.parameters(step + 1))
            .as("%s, trial %d, step %d", seed, trial, step)
            .isEqualTo(expected.get(step + 1));
        assertThat(shards.parameters(step)).as(seed.toString()).isEqualTo(expected.get(step));
      }
      assertThat(shards.reports).hasSize(STEPS * shards.shards.size());
    }
  }

  @Test
  void aReportCarriesTheSumsOfTheBatchAndTheSquaresOfTheMeanGradient() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 1, 1000, "sgd", 0);
    Shards shards = new Shards(synthetic, 1);
    ParameterShard shard = shards.shards.get(0);
    shard.sums(0, 1, true, new Scalars(6, 4, 9, 1), shards);
    for (Chunk chunk : shard.chunks()) {
      float[] gradient = new float[chunk.length()];
      gradient[0] = 8;
      shard.gradient(0, 1, chunk.index(), FloatBuffer.wrap(gradient), shards);
    }
    StepReport report = shards.reports.get(0);
    assertThat(report.loss()).isEqualTo(1.5);
    assertThat(report.batch()).isEqualTo(new Scalars(6, 4, 9, 1));
    assertThat(report.gradientSquares()).containsExactly(4, 4, 4);
    assertThat(shards.ready).containsExactly("0@1", "1@1", "2@1");
    assertThat(shard.step()).isEqualTo(1);
  }

  @Test
  void nothingOfAStepIsSeenBeforeItsReportIsTaken() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 1, 1000, "sgd", 0);
    List<String> order = new ArrayList<>();
    ParameterShard shard = synthetic.shard(synthetic.layout().chunks());
    Shards recording =
        new Shards(synthetic, 1) {
          // the record of the order in which things become known
          @Override
          public void chunkReady(int index, long version) {
            order.add("chunk " + index);
          }

          @Override
          public void stepDone(StepReport report) {
            order.add("report at step " + shard.step());
            assertNextIsHidden(shard);
          }
        };
    shard.sums(0, 1, true, new Scalars(0, 1, 0, 1), recording);
    for (Chunk chunk : shard.chunks()) {
      FloatBuffer gradient = FloatBuffer.allocate(chunk.length());
      shard.gradient(0, 1, chunk.index(), gradient, recording);
    }
    assertThat(order).containsExactly("chunk 0", "chunk 1", "report at step 0", "chunk 2");
  }

  private static void assertNextIsHidden(ParameterShard shard) {
    try {
      assertThat(shard.parameters(2, 1)).isNull();
    } catch (ShardException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aGradientThatOverflowsInTheSumStopsTheRunAndLeavesTheParameters() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 2, 1000, "adamw", 0);
    Shards shards = new Shards(synthetic, 1);
    ParameterShard shard = shards.shards.get(0);
    float[] before = shards.parameters(0);
    float[] huge = new float[5];
    huge[3] = Float.MAX_VALUE;
    shard.sums(0, 2, true, new Scalars(0, 1, 0, 1), shards);
    shard.sums(0, 3, true, new Scalars(0, 1, 0, 1), shards);
    shard.gradient(0, 2, 1, FloatBuffer.wrap(huge), shards);
    shard.gradient(0, 3, 1, FloatBuffer.wrap(huge), shards);
    assertThat(shards.failures)
        .extracting(StepFailure::message)
        .containsExactly("step 1: gradient of hidden.b, element 3, must be finite, got Infinity");
    shard.gradient(0, 2, 0, FloatBuffer.allocate(35), shards);
    shard.gradient(0, 3, 0, FloatBuffer.allocate(35), shards);
    assertThat(shards.parameters(0)).isEqualTo(before);
    assertThat(shards.ready).isEmpty();
  }

  @Test
  void anUpdateThatOverflowsStopsTheRunAndIsNeverSent() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 1, 1000, "sgd", 0);
    Shards shards = new Shards(synthetic, 1);
    ParameterShard shard = shards.shards.get(0);
    float[] large = new float[5];
    large[4] = -Float.MAX_VALUE;
    shard.initialize(shard.chunks().get(1), large);
    float[] gradient = new float[5];
    gradient[4] = Float.MAX_VALUE;
    shard.sums(0, 1, true, new Scalars(0, 1, 0, 1), shards);
    shard.gradient(0, 1, 1, FloatBuffer.wrap(gradient), shards);
    assertThat(shards.failures)
        .extracting(StepFailure::message)
        .containsExactly("step 1: parameter of hidden.b, element 4, must be finite, got -Infinity");
    assertThat(shards.ready).isEmpty();
    assertThat(shards.parameters(0)[39]).isEqualTo(-Float.MAX_VALUE);
  }

  @Test
  void aStepWithoutWeightStopsTheRun() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 1, 1000, "sgd", 0);
    Shards shards = new Shards(synthetic, 1);
    shards.shards.get(0).sums(0, 1, false, new Scalars(0, 0, 0, 0), shards);
    assertThat(shards.failures)
        .extracting(StepFailure::message)
        .containsExactly(
            "step 1: sum of weights of the batch must be positive and finite, got 0.0");
  }

  @Test
  void aStepThatBreaksHalfwayStopsTheRunInsteadOfBeingWaitedFor() {
    for (String rule : List.of("sgd", "lamb")) {
      Shards shards =
          new Shards(new Synthetic(1, 1, 1000, rule, 0), 1) {
            @Override
            public void stepDone(StepReport report) {
              throw new IllegalStateException("the disk is full");
            }
          };
      ParameterShard shard = shards.shards.get(0);
      assertThatThrownBy(
              () -> {
                shard.sums(0, 1, true, new Scalars(0, 1, 0, 1), shards);
                for (Chunk chunk : shard.chunks()) {
                  FloatBuffer gradient = FloatBuffer.allocate(chunk.length());
                  shard.gradient(0, 1, chunk.index(), gradient, shards);
                }
                shards.reduceRounds();
              })
          .as(rule)
          .hasMessage("the disk is full");
      assertThat(shards.failures)
          .extracting(StepFailure::message)
          .containsExactly(
              "step 1: the update broke: java.lang.IllegalStateException: the disk is full");
    }
  }

  @Test
  void anInfiniteLossStopsTheRun() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 1, 1000, "sgd", 0);
    Shards shards = new Shards(synthetic, 1);
    ParameterShard shard = shards.shards.get(0);
    shard.sums(0, 1, true, new Scalars(Double.NaN, 1, 0, 1), shards);
    shard.gradient(0, 1, 1, FloatBuffer.allocate(5), shards);
    assertThat(shards.failures)
        .extracting(StepFailure::message)
        .containsExactly("step 1: sum of losses of the batch must be finite, got NaN");
  }

  @Test
  void whatCannotBeInThisRunIsRefusedByName() {
    Synthetic synthetic = new Synthetic(1, 5, 10, "sgd", 0);
    Shards shards = new Shards(synthetic, 2);
    ParameterShard shard = shards.shards.get(1);
    int first = shard.firstChunk();
    FloatBuffer gradient = FloatBuffer.allocate(shard.chunks().get(0).length());
    assertRefused(
        () -> shard.sums(1, 1, true, new Scalars(0, 1, 0, 1), shards),
        "step must be at most 0, got 1");
    assertRefused(
        () -> shard.sums(0, 3, true, new Scalars(0, 1, 0, 1), shards),
        "node must be a sum of the tree over 5 slices, got 3");
    assertRefused(
        () -> shard.gradient(0, 1, first, gradient, shards),
        "the sums of node 1 must come before its gradients");
    assertRefused(
        () -> shard.gradient(0, 1, 0, gradient, shards),
        "chunk must be in " + first + ".." + (synthetic.layout().chunks().size() - 1) + ", got 0");
    assertRefused(
        () -> shard.gradient(0, 1, first, FloatBuffer.allocate(99), shards),
        "gradient of chunk " + first + " must have " + gradient.remaining() + " elements, got 99");
    assertRefused(
        () -> shard.parameters(0, 2), "version of chunk " + first + " must be 0..1, got 2");
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShardException.class).hasMessage(message);
  }

  @Test
  void aDuplicateIsDroppedAndCounted() throws ShardException {
    Synthetic synthetic = new Synthetic(1, 2, 1000, "sgd", 0);
    Shards shards = new Shards(synthetic, 1);
    ParameterShard shard = shards.shards.get(0);
    shard.sums(0, 2, true, new Scalars(0, 1, 0, 1), shards);
    shard.sums(0, 2, true, new Scalars(0, 1, 0, 1), shards);
    shard.gradient(0, 2, 1, FloatBuffer.allocate(5), shards);
    shard.gradient(0, 2, 1, FloatBuffer.allocate(5), shards);
    assertThat(shard.duplicates()).isEqualTo(2);
  }

  @Test
  void aSnapshotOfOneShardIsLoadedByThreeAndGoesOnWithTheSameBits() throws ShardException {
    Random random = seed.random();
    for (String rule : List.of("adamw", "lamb", "muon")) {
      Synthetic synthetic = new Synthetic(random.nextLong(), 4, 9, rule, 1.0);
      Shards one = new Shards(synthetic, 1);
      step(one, 0, random);
      List<ParameterShard> loaded = new ArrayList<>();
      for (List<Chunk> chunks : synthetic.layout().shards(3)) {
        loaded.add(
            new ParameterShard(
                synthetic.tree(),
                synthetic.layout(),
                chunks,
                synthetic.plan(),
                Synthetic::learningRate,
                Synthetic.BASE_LEARNING_RATE,
                1));
      }
      one.shards
          .get(0)
          .forEachChunk(
              (chunk, parameters, state) ->
                  loaded.stream()
                      .filter(shard -> shard.chunks().contains(chunk))
                      .forEach(shard -> shard.load(chunk, parameters.clone(), state)));
      loaded.forEach(ParameterShard::requireLoaded);
      Shards three = new Shards(synthetic, 3);
      three.shards.clear();
      three.shards.addAll(loaded);
      step(three, 1, random);
      assertThat(three.parameters(2)).as(seed.toString()).isEqualTo(synthetic.train(2).get(2));
    }
  }

  @Test
  void stateOfAnotherLengthIsRefusedByItsName() {
    Synthetic synthetic = new Synthetic(1, 2, 1000, "adam", 0);
    Chunk chunk = synthetic.layout().chunks().get(0);
    ParameterShard shard =
        new ParameterShard(
            synthetic.tree(),
            synthetic.layout(),
            synthetic.layout().chunks(),
            synthetic.plan(),
            Synthetic::learningRate,
            Synthetic.BASE_LEARNING_RATE,
            0);
    int n = chunk.length();
    float[][] state = {new float[n], new float[n - 1]};
    assertThatThrownBy(() -> shard.load(chunk, new float[n], state))
        .hasMessage("state array v of chunk 0 must have " + n + " floats, got " + (n - 1));
  }

  @Test
  void aChunkWithoutValuesIsNamed() {
    Synthetic synthetic = new Synthetic(1, 2, 1000, "sgd", 0);
    ParameterShard shard =
        new ParameterShard(
            synthetic.tree(),
            synthetic.layout(),
            synthetic.layout().chunks(),
            synthetic.plan(),
            Synthetic::learningRate,
            Synthetic.BASE_LEARNING_RATE,
            0);
    assertThatThrownBy(shard::requireLoaded).hasMessage("chunk 0 was not loaded");
  }
}
