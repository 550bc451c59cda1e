package io.lockstep.common.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartialSumsTest {
  private final TestSeed seed = TestSeed.draw();
  private final Random random = seed.random();

  private static float[] @Nullable [] randomLeaves(Random random, int m, int elements) {
    float[] @Nullable [] leaves = new float[m][];
    for (int s = 0; s < m; s++) {
      if (random.nextInt(6) > 0) {
        float[] gradient = new float[elements];
        for (int i = 0; i < elements; i++) {
          gradient[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4));
        }
        leaves[s] = gradient;
      }
    }
    return leaves;
  }

  private static void compute(PartialSums sums, float[] @Nullable [] leaves) throws Exception {
    PartialSums.Slice slice;
    while ((slice = sums.next()) != null) {
      float[] leaf = leaves[slice.stream()];
      if (leaf == null) {
        sums.absent(slice);
      } else {
        System.arraycopy(leaf, 0, slice.gradient(), 0, leaf.length);
        for (int spin = 0; spin < (slice.stream() % 3) * 500; spin++) {
          Thread.onSpinWait();
        }
        sums.done(slice, new Scalars(leaf[0], slice.stream(), leaf[0], 2));
      }
    }
  }

  private static List<Partial> run(PartialSums sums, float[] @Nullable [] leaves, int threads)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      sums.begin();
      List<Future<?>> futures = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        futures.add(
            executor.submit(
                () -> {
                  compute(sums, leaves);
                  return null;
                }));
      }
      List<Partial> partials = sums.await();
      for (Future<?> future : futures) {
        future.get();
      }
      return partials;
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void everyInterleavingGivesTheBitsOfThePlainTree() throws Exception {
    for (int trial = 0; trial < 60; trial++) {
      int m = 1 + random.nextInt(40);
      int from = random.nextInt(m);
      int to = from + 1 + random.nextInt(m - from);
      int threads = 1 + random.nextInt(4);
      ReductionTree tree = ReductionTree.of(m);
      PartialSums sums = new PartialSums(tree, from, to, 37, threads);
      for (int step = 0; step < 3; step++) {
        float[] @Nullable [] leaves = randomLeaves(random, m, 37);
        List<Partial> partials = run(sums, leaves, threads);
        assertThat(partials).extracting(Partial::node).isEqualTo(tree.cover(from, to));
        for (Partial partial : partials) {
          int first = tree.firstLeaf(partial.node());
          int width = Integer.highestOneBit(2 * (tree.endLeaf(partial.node()) - first) - 1);
          float[] expected = PlainTree.sum(leaves, first, width);
          assertThat(partial.present()).as(seed.toString()).isEqualTo(expected != null);
          if (expected != null) {
            assertThat(partial.gradient()).as(seed.toString()).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void otherSumsAreAddedByTheSameTree() throws Exception {
    PartialSums sums = new PartialSums(ReductionTree.of(4), 0, 4, 1, 2);
    float[] @Nullable [] leaves = {{1}, {2}, null, {4}};
    Partial root = run(sums, leaves, 2).get(0);
    assertThat(root.scalars()).isEqualTo(new Scalars(7, 0 + 1 + 3, 7, 6));
  }

  @Test
  void depthPlusTwoArraysAreEnoughForEveryWorkerOfEveryDeal() {
    for (int m = 1; m <= 256; m++) {
      ReductionTree tree = ReductionTree.of(m);
      for (int workers = 1; workers <= Math.min(m, 24); workers++) {
        for (int w = 0; w < workers; w++) {
          int from = tree.runStart(w, workers);
          int to = tree.runStart(w + 1, workers);
          for (int threads : new int[] {1, 2, 7}) {
            assertThat(new PartialSums(tree, from, to, 1, threads).buffers())
                .as("slices %d, worker %d of %d, threads %d", m, w, workers, threads)
                .isLessThanOrEqualTo(tree.depth() + 2);
          }
        }
      }
    }
  }

  @Test
  void aSlowThreadMakesTheOthersWaitInsteadOfAllocating() throws Exception {
    ReductionTree tree = ReductionTree.of(16);
    PartialSums sums = new PartialSums(tree, 0, 16, 1, 2);
    sums.begin();
    PartialSums.Slice slow = java.util.Objects.requireNonNull(sums.next());
    Thread fast =
        new Thread(
            () -> {
              try {
                compute(sums, randomLeaves(new Random(1), 16, 1));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    fast.start();
    org.awaitility.Awaitility.await().until(() -> fast.getState() == Thread.State.WAITING);
    sums.absent(slow);
    fast.join();
    assertThat(sums.await()).hasSize(1);
  }

  @Test
  void theFirstBadElementOfTheLeftmostBadSumIsNamed() throws Exception {
    PartialSums sums = new PartialSums(ReductionTree.of(8), 1, 6, 5000, 1);
    float[] @Nullable [] leaves = new float[8][5000];
    float[] third = java.util.Objects.requireNonNull(leaves[3]);
    third[4321] = Float.NaN;
    third[4999] = Float.POSITIVE_INFINITY;
    float[] fifth = java.util.Objects.requireNonNull(leaves[5]);
    fifth[0] = Float.NEGATIVE_INFINITY;
    run(sums, leaves, 1);
    assertThat(sums.nonFinite()).isEqualTo(new NonFinite(5, 2, 4, 4321));
    run(sums, new float[8][5000], 1);
    assertThat(sums.nonFinite()).isNull();
  }

  @Test
  void anInfiniteLossIsFoundWhereTheGradientIsFinite() throws Exception {
    PartialSums sums = new PartialSums(ReductionTree.of(1), 0, 1, 3, 1);
    sums.begin();
    sums.done(
        java.util.Objects.requireNonNull(sums.next()),
        new Scalars(Double.POSITIVE_INFINITY, 1, 0, 1));
    assertThat(sums.nonFinite()).isEqualTo(new NonFinite(1, 0, 1, -1));
  }

  @Test
  void aCancelledStepEndsAndTheNextOneIsWhole() throws Exception {
    PartialSums sums = new PartialSums(ReductionTree.of(4), 0, 4, 2, 1);
    sums.begin();
    PartialSums.Slice first = java.util.Objects.requireNonNull(sums.next());
    sums.cancel();
    assertThat(sums.next()).isNull();
    assertThatThrownBy(sums::begin).hasMessageContaining("while slices are computed: 1");
    sums.done(first, Scalars.NONE);
    assertThat(sums.await()).isEmpty();
    float[] @Nullable [] leaves = {{1, 1}, {2, 2}, {3, 3}, {4, 4}};
    assertThat(run(sums, leaves, 1).get(0).gradient()).containsExactly(10, 10);
  }

  @Test
  void aRunOutsideTheTreeIsRefused() {
    assertThatThrownBy(() -> new PartialSums(ReductionTree.of(4), 2, 5, 1, 1))
        .hasMessage("a worker's slices must be a run within 0..4, got 2..5");
  }
}
