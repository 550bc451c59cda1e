package io.lockstep.common.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tree against the naive definition of the sum, for all numbers of leaves up to 70. */
class ReductionTreeTest {
  static IntStream leaves() {
    return IntStream.rangeClosed(1, 70);
  }

  /**
   * The sum over the leaves [first, first + width) as text, by definition: left plus right, and
   * absent plus x is x; null where all are absent.
   */
  private static @Nullable String naive(int first, int width, int leaves) {
    if (width == 1) {
      return first < leaves ? Integer.toString(first) : null;
    }
    String left = naive(first, width / 2, leaves);
    String right = naive(first + width / 2, width / 2, leaves);
    return right == null ? left : "(" + left + "+" + right + ")";
  }

  private static String sum(ReductionTree tree, int node) {
    return tree.isLeaf(node)
        ? Integer.toString(tree.firstLeaf(node))
        : "(" + sum(tree, tree.left(node)) + "+" + sum(tree, tree.right(node)) + ")";
  }

  private static int width(int leaves) {
    int width = 1;
    while (width < leaves) {
      width *= 2;
    }
    return width;
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void theRootIsTheSumOverTheNextPowerOfTwo(int leaves) {
    ReductionTree tree = ReductionTree.of(leaves);
    assertThat(sum(tree, tree.root())).isEqualTo(naive(0, width(leaves), leaves));
    assertThat(1 << tree.depth()).isEqualTo(width(leaves));
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void parentsChildrenAndSiblingsAgree(int leaves) {
    ReductionTree tree = ReductionTree.of(leaves);
    assertThat(tree.parent(tree.root())).isZero();
    checkFamily(tree, tree.root());
  }

  private static void checkFamily(ReductionTree tree, int node) {
    if (tree.isLeaf(node)) {
      assertThat(tree.leaf(tree.firstLeaf(node))).isEqualTo(node);
      assertThat(tree.endLeaf(node)).isEqualTo(tree.firstLeaf(node) + 1);
      return;
    }
    int left = tree.left(node);
    int right = tree.right(node);
    assertThat(tree.parent(left)).isEqualTo(node);
    assertThat(tree.parent(right)).isEqualTo(node);
    assertThat(tree.sibling(left)).isEqualTo(right);
    assertThat(tree.sibling(right)).isEqualTo(left);
    assertThat(tree.firstLeaf(left)).isEqualTo(tree.firstLeaf(node));
    assertThat(tree.endLeaf(left)).isEqualTo(tree.firstLeaf(right));
    assertThat(tree.endLeaf(right)).isEqualTo(tree.endLeaf(node));
    checkFamily(tree, left);
    checkFamily(tree, right);
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void everyRunIsCoveredByItsLargestSubtrees(int leaves) {
    ReductionTree tree = ReductionTree.of(leaves);
    for (int from = 0; from < leaves; from++) {
      for (int to = from + 1; to <= leaves; to++) {
        checkCover(tree, from, to);
      }
    }
  }

  private static void checkCover(ReductionTree tree, int from, int to) {
    List<Integer> cover = tree.cover(from, to);
    int next = from;
    for (int node : cover) {
      assertThat(tree.firstLeaf(node)).isEqualTo(next);
      next = tree.endLeaf(node);
      int parent = tree.parent(node);
      assertThat(parent == 0 || tree.firstLeaf(parent) < from || tree.endLeaf(parent) > to)
          .as("node %d of [%d, %d) of %d is the largest", node, from, to, tree.leaves())
          .isTrue();
    }
    assertThat(next).isEqualTo(to);
    assertThat(cover).hasSizeLessThanOrEqualTo(Math.max(1, 2 * tree.depth()));
  }

  @Test
  void anEmptyRunHasAnEmptyCover() {
    assertThat(ReductionTree.of(8).cover(3, 3)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void theSumIsTheSameWhoeverOwnsTheLeaves(int leaves) {
    ReductionTree tree = ReductionTree.of(leaves);
    String expected = naive(0, width(leaves), leaves);
    for (int workers = 1; workers <= leaves; workers++) {
      Map<Integer, String> waiting = new HashMap<>();
      for (int worker = workers - 1; worker >= 0; worker--) {
        int from = tree.runStart(worker, workers);
        int to = tree.runStart(worker + 1, workers);
        for (int node : tree.cover(from, to)) {
          meet(tree, node, sum(tree, node), waiting);
        }
      }
      assertThat(waiting).as("%d workers", workers).isEqualTo(Map.of(tree.root(), expected));
    }
  }

  /** What a server does with a partial sum: adds it to its sibling as soon as both are there. */
  private static void meet(ReductionTree tree, int node, String sum, Map<Integer, String> waiting) {
    int parent = tree.parent(node);
    String other = parent == 0 ? null : waiting.remove(tree.sibling(node));
    if (other == null) {
      waiting.put(node, sum);
    } else {
      boolean left = tree.left(parent) == node;
      meet(tree, parent, "(" + (left ? sum : other) + "+" + (left ? other : sum) + ")", waiting);
    }
  }

  @ParameterizedTest
  @MethodSource("leaves")
  void runsOfWorkersAreContiguousAndNearlyEqual(int leaves) {
    ReductionTree tree = ReductionTree.of(leaves);
    for (int workers = 1; workers <= leaves; workers++) {
      assertThat(tree.runStart(0, workers)).isZero();
      assertThat(tree.runStart(workers, workers)).isEqualTo(leaves);
      for (int worker = 0; worker < workers; worker++) {
        int run = tree.runStart(worker + 1, workers) - tree.runStart(worker, workers);
        assertThat(run).isBetween(leaves / workers, (leaves + workers - 1) / workers);
      }
    }
  }

  @Test
  void numbersOfLeavesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> ReductionTree.of(0))
        .hasMessage("a tree must have 1 to 2^29 leaves, got 0");
    assertThatThrownBy(() -> ReductionTree.of((1 << 29) + 1))
        .hasMessage("a tree must have 1 to 2^29 leaves, got 536870913");
    ReductionTree largest = ReductionTree.of(1 << 29);
    assertThat(largest.endLeaf(largest.root())).isEqualTo(1 << 29);
  }
}
