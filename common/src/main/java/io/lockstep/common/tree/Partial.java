package io.lockstep.common.tree;

/**
 * The sum of one node of the tree: what a worker hands over.
 *
 * @param node its name in the tree
 * @param present whether any leaf below it had examples; without one the other values mean nothing
 * @param gradient [n] at least, the sum of weight times gradient; empty where absent
 * @param scalars the node's other sums
 */
@SuppressWarnings("ArrayRecordComponent") // a view of a pooled buffer, never compared
public record Partial(int node, boolean present, float[] gradient, Scalars scalars) {
  private static final float[] NONE = {};

  /** A node none of whose leaves had examples. */
  public static Partial absent(int node) {
    return new Partial(node, false, NONE, Scalars.NONE);
  }
}
