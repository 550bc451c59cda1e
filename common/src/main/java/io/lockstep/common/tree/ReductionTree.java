package io.lockstep.common.tree;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of the sum over the M slices of a step: the binary tree over the next power of two. A
 * node is named by its heap number: the root is 1, the children of n are 2n and 2n + 1, leaf m is
 * {@code width + m}. A node whose right half lies wholly behind leaf M - 1 has nothing to add and
 * goes by the name of its left child, so every sum has exactly one name.
 */
public final class ReductionTree {
  private final int leaves;
  private final int width;

  private ReductionTree(int leaves) {
    this.leaves = leaves;
    this.width = leaves == 1 ? 1 : Integer.highestOneBit(leaves - 1) << 1;
  }

  /**
   * The tree over M leaves.
   *
   * @param leaves M, from 1 to 2^29
   */
  public static ReductionTree of(int leaves) {
    if (leaves < 1 || leaves > 1 << 29) {
      throw new IllegalArgumentException("a tree must have 1 to 2^29 leaves, got " + leaves);
    }
    return new ReductionTree(leaves);
  }

  /** M. */
  public int leaves() {
    return leaves;
  }

  /** Levels of sums above the leaves: log2 of the next power of two. */
  public int depth() {
    return Integer.numberOfTrailingZeros(width);
  }

  /** The name of leaf m. */
  public int leaf(int m) {
    return width + m;
  }

  /** The name of the sum of all leaves. */
  public int root() {
    return canonical(1);
  }

  /** Whether the number names a sum of this tree. */
  public boolean isNode(int node) {
    return node >= 1 && node < 2 * width && firstLeaf(node) < leaves && canonical(node) == node;
  }

  /** Whether the node is one leaf. */
  public boolean isLeaf(int node) {
    return node >= width;
  }

  /** The first leaf below the node. */
  public int firstLeaf(int node) {
    return (node << levelsBelow(node)) - width;
  }

  /** One more than the last of the M leaves below the node. */
  public int endLeaf(int node) {
    return Math.min(leaves, ((node + 1) << levelsBelow(node)) - width);
  }

  /** The name of the sum whose left or right part the node is; 0 for the root. */
  public int parent(int node) {
    int n = node;
    while (n > 1) {
      n >>= 1;
      if (canonical(n) == n) {
        return n;
      }
    }
    return 0;
  }

  /** The left part of an inner node. */
  public int left(int node) {
    return canonical(2 * node);
  }

  /** The right part of an inner node. */
  public int right(int node) {
    return canonical(2 * node + 1);
  }

  /** The other part of the node's parent; not for the root. */
  public int sibling(int node) {
    int parent = parent(node);
    return left(parent) == node ? right(parent) : left(parent);
  }

  /**
   * The largest complete subtrees inside a run of leaves, left to right: what a worker that owns
   * those leaves hands over. One node where the run is itself a subtree; never more than 2 log2 M.
   *
   * @param from first leaf
   * @param to one more than the last leaf, at most M
   */
  public List<Integer> cover(int from, int to) {
    List<Integer> nodes = new ArrayList<>();
    cover(1, from, to, nodes);
    return List.copyOf(nodes);
  }

  private void cover(int node, int from, int to, List<Integer> nodes) {
    int first = firstLeaf(node);
    int end = endLeaf(node);
    if (first >= to || end <= from || first >= leaves) {
      return;
    }
    if (from <= first && end <= to) {
      nodes.add(canonical(node));
      return;
    }
    cover(2 * node, from, to, nodes);
    cover(2 * node + 1, from, to, nodes);
  }

  /** The contiguous runs of leaves that {@code workers} workers own: [w M / W, (w + 1) M / W). */
  public int runStart(int worker, int workers) {
    return (int) ((long) worker * leaves / workers);
  }

  private int levelsBelow(int node) {
    return Integer.numberOfLeadingZeros(node) - Integer.numberOfLeadingZeros(width);
  }

  private int canonical(int node) {
    int n = node;
    while (n < width && ((2 * n + 1) << levelsBelow(2 * n + 1)) - width >= leaves) {
      n = 2 * n;
    }
    return n;
  }
}
