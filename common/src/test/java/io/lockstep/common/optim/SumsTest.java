package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.tree.ReductionTree;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums within a chunk, over chunks, over tensors. */
class SumsTest {
  @Test
  void squaresAreAddedInFourLanesBlockByBlock() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int length : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 1023, 2048, 2049, 6001}) {
      float[] x = new float[length + 3];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) random.nextGaussian();
      }
      double expected = 0;
      for (int block = 0; block < length; block += ChunkSums.BLOCK) {
        double[] lanes = new double[4];
        for (int i = block; i < Math.min(block + ChunkSums.BLOCK, length); i++) {
          lanes[i % 4] += (double) x[i] * x[i];
        }
        expected += (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
      }
      assertThat(ChunkSums.squares(x, length))
          .as("%s, length %d", seed, length)
          .isEqualTo(expected);
    }
  }

  @Test
  void squaresOfSmallNumbersBesideLargeOnesAreNotLost() {
    float[] x = new float[65536];
    Arrays.fill(x, 1e-4f);
    x[0] = 1e4f;
    // 511 additions to 1e8 in the first block are each off by up to 7.5e-9; in float32 every small
    // square would vanish
    assertThat(ChunkSums.squares(x, x.length)).isCloseTo(1e8 + 65535e-8, within(1e-5));
  }

  @Test
  void chunksOfATensorAreAddedByTheTree() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int chunks = 1; chunks <= 70; chunks++) {
      Layout layout =
          Layout.of(
              List.of(
                  new TensorSpec("first", List.of(3), Role.WEIGHT),
                  new TensorSpec("w", List.of(chunks), Role.WEIGHT)),
              1);
      double[][] sums = new double[3 + chunks][];
      for (int c = 0; c < sums.length; c++) {
        sums[c] = new double[] {random.nextGaussian(), random.nextGaussian()};
      }
      ReductionTree tree = ReductionTree.of(chunks);
      double[] expected = {sum(tree, tree.root(), sums, 0), sum(tree, tree.root(), sums, 1)};
      double first = (sums[0][0] + sums[1][0]) + sums[2][0];
      double[][] totals = TensorSums.of(layout).reduce(sums);
      assertThat(totals[0][0]).as(seed.toString()).isEqualTo(first);
      assertThat(totals[1]).as("%s, %d chunks", seed, chunks).isEqualTo(expected);
    }
  }

  private static double sum(ReductionTree tree, int node, double[][] sums, int s) {
    return tree.isLeaf(node)
        ? sums[3 + tree.firstLeaf(node)][s]
        : sum(tree, tree.left(node), sums, s) + sum(tree, tree.right(node), sums, s);
  }

  @Test
  void tensorsAreAddedInTheLayoutsOrderWhereTheyHaveTheSum() {
    Totals totals = new Totals(2, 1, new int[4]);
    totals.set(1, new double[][] {{1e16, 1}, {}, {1, 2}, {1}});
    // from left to right each 1 is lost beside 1e16; any other order would keep some
    assertThat(totals.all(chunkOf(0), 1, 0)).isEqualTo(1e16);
    assertThat(totals.all(chunkOf(3), 1, 1)).isEqualTo(3);
    assertThat(totals.ofRule().all(chunkOf(1), 0, 1)).isEqualTo(3);
  }

  @Test
  void aClipsSumIsOverAllTensorsARulesOverItsOwn() {
    Totals totals = new Totals(2, 1, new int[] {0, 1, 0, 1});
    totals.set(0, new double[][] {{1}, {2}, {4}, {8}});
    totals.set(1, new double[][] {{1}, {2}, {4}, {}});
    for (int tensor = 0; tensor < 4; tensor++) {
      ChunkState chunk = chunkOf(tensor);
      assertThat(totals.all(chunk, 0, 0)).isEqualTo(15);
      assertThat(totals.ofRule().all(chunk, 0, 0)).isEqualTo(tensor % 2 == 0 ? 5 : 2);
    }
  }

  private static ChunkState chunkOf(int tensor) {
    return new ChunkState(
        new TensorSpec("w" + tensor, List.of(1), Role.WEIGHT),
        new Chunk(tensor, tensor, 0, tensor, 1),
        new float[1],
        new float[1],
        new float[0][]);
  }
}
