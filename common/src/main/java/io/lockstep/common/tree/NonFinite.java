package io.lockstep.common.tree;

/**
 * Where the sums of a worker are not finite.
 *
 * @param node the node whose sum it is
 * @param firstLeaf the first slice below it
 * @param endLeaf one more than the last slice below it
 * @param position the first bad element of the flat vector, or -1 where the gradient is finite and
 *     the sum of losses or weights is not
 */
public record NonFinite(int node, int firstLeaf, int endLeaf, int position) {}
