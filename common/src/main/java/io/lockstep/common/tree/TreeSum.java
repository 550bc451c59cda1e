package io.lockstep.common.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sum at the root, from the sums of nodes that come in any order: as soon as both halves of a
 * node are there, they are added. Absent + x = x. Nodes may come from different covers, as they do
 * when streams are dealt anew: a node whose leaves are all accounted for is a duplicate, and a node
 * takes the place of what is held of its leaves so far. Both have the same bits, whoever computed
 * them.
 *
 * <p>Not thread-safe.
 *
 * @param <T> what is added, such as an array or a pair of numbers
 */
public final class TreeSum<T> {
  private final ReductionTree tree;
  private final BinaryOperator<T> plus;
  private final Consumer<T> discard;

  /** Nodes accounted for, no one below another; their sums, null where absent. */
  private int[] nodes = new int[4];

  private final List<@Nullable T> sums = new ArrayList<>(4);

  /**
   * @param plus left + right, or right + left: it must not matter to the bits; may use either's
   *     memory for the sum
   * @param discard takes back the sum of a node that a larger one replaced
   */
  public TreeSum(ReductionTree tree, BinaryOperator<T> plus, Consumer<T> discard) {
    this.tree = tree;
    this.plus = plus;
    this.discard = discard;
  }

  /** Whether all leaves below the node are accounted for. */
  public boolean covers(int node) {
    int first = tree.firstLeaf(node);
    int end = tree.endLeaf(node);
    for (int i = 0; i < sums.size(); i++) {
      if (tree.firstLeaf(nodes[i]) <= first && end <= tree.endLeaf(nodes[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Accounts for a node.
   *
   * @param sum null where the node is absent; taken over unless the result is false
   * @return false for a duplicate
   */
  public boolean add(int node, @Nullable T sum) {
    if (covers(node)) {
      return false;
    }
    discardBelow(node);
    int at = node;
    @Nullable T total = sum;
    while (at != tree.root()) {
      int held = indexOf(tree.sibling(at));
      if (held < 0) {
        break;
      }
      total = sum(total, remove(held));
      at = tree.parent(at);
    }
    if (sums.size() == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * nodes.length);
    }
    nodes[sums.size()] = at;
    sums.add(total);
    return true;
  }

  /** Whether all leaves are accounted for. */
  public boolean isComplete() {
    return sums.size() == 1 && nodes[0] == tree.root();
  }

  /** The sum of a complete tree; null where all leaves are absent. */
  public @Nullable T total() {
    if (!isComplete()) {
      throw new IllegalStateException("the sum is not complete");
    }
    return sums.get(0);
  }

  /** Forgets everything; the sums held are the caller's. */
  public void clear() {
    sums.clear();
  }

  private @Nullable T sum(@Nullable T a, @Nullable T b) {
    return a == null ? b : b == null ? a : plus.apply(a, b);
  }

  private void discardBelow(int node) {
    int first = tree.firstLeaf(node);
    int end = tree.endLeaf(node);
    for (int i = sums.size() - 1; i >= 0; i--) {
      if (first <= tree.firstLeaf(nodes[i]) && tree.endLeaf(nodes[i]) <= end) {
        @Nullable T below = remove(i);
        if (below != null) {
          discard.accept(below);
        }
      }
    }
  }

  private int indexOf(int node) {
    for (int i = 0; i < sums.size(); i++) {
      if (nodes[i] == node) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable T remove(int index) {
    int last = sums.size() - 1;
    nodes[index] = nodes[last];
    @Nullable T sum = sums.get(index);
    sums.set(index, sums.get(last));
    sums.remove(last);
    return sum;
  }
}
