package io.lockstep.common.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TreeSumTest {
  private final TestSeed seed = TestSeed.draw();

  /** Nodes of several deals of the same slices, in any order, some of them twice. */
  private static List<Integer> mixture(ReductionTree tree, Random random) {
    List<Integer> nodes = new ArrayList<>();
    for (int deal = 0; deal < 1 + random.nextInt(3); deal++) {
      int workers = 1 + random.nextInt(tree.leaves());
      for (int w = 0; w < workers; w++) {
        nodes.addAll(tree.cover(tree.runStart(w, workers), tree.runStart(w + 1, workers)));
      }
    }
    Collections.shuffle(nodes, random);
    return nodes;
  }

  @Test
  void anyOrderOfAnyDealsGivesTheBitsOfThePlainTree() {
    Random random = seed.random();
    for (int trial = 0; trial < 500; trial++) {
      int m = 1 + random.nextInt(24);
      ReductionTree tree = ReductionTree.of(m);
      float[] @Nullable [] leaves = new float[m][];
      for (int s = 0; s < m; s++) {
        leaves[s] = random.nextInt(5) == 0 ? null : new float[] {(float) random.nextGaussian()};
      }
      TreeSum<Float> sum = new TreeSum<>(tree, Float::sum, discarded -> {});
      for (int node : mixture(tree, random)) {
        int first = tree.firstLeaf(node);
        int width = Integer.highestOneBit(2 * (tree.endLeaf(node) - first) - 1);
        float[] value = PlainTree.sum(leaves, first, width);
        boolean wanted = !sum.covers(node);
        assertThat(sum.add(node, value == null ? null : value[0])).isEqualTo(wanted);
      }
      float[] expected = PlainTree.sum(leaves);
      assertThat(sum.isComplete()).as(seed.toString()).isTrue();
      assertThat(sum.total()).as(seed.toString()).isEqualTo(expected == null ? null : expected[0]);
    }
  }

  @Test
  void aNodeTakesThePlaceOfItsPartsAndHandsThemBack() {
    ReductionTree tree = ReductionTree.of(4);
    List<String> discarded = new ArrayList<>();
    TreeSum<String> sum = new TreeSum<>(tree, (a, b) -> a + b, discarded::add);
    assertThat(sum.add(tree.leaf(2), "c")).isTrue();
    assertThat(sum.add(3, "whole right half")).isTrue();
    assertThat(discarded).containsExactly("c");
    assertThat(sum.add(tree.leaf(3), "d")).isFalse();
    assertThat(sum.isComplete()).isFalse();
    assertThatThrownBy(sum::total).hasMessage("the sum is not complete");
  }

  @Test
  void onlyCanonicalNamesAreNodes() {
    ReductionTree tree = ReductionTree.of(5);
    List<Integer> nodes = new ArrayList<>();
    for (int node = -1; node < 40; node++) {
      if (tree.isNode(node)) {
        nodes.add(node);
      }
    }
    assertThat(nodes).containsExactly(1, 2, 4, 5, 8, 9, 10, 11, 12);
  }
}
