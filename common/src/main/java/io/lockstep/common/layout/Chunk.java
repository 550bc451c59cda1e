package io.lockstep.common.layout;

/**
 * A run of elements of one tensor: the unit of layout, of the wire, of update loops and of
 * statistics.
 *
 * @param index its number in the layout, from 0
 * @param tensor the number of its tensor in the layout
 * @param tensorOffset its first element within the tensor
 * @param offset its first element within the flat vector
 * @param length its elements, at least 1
 */
public record Chunk(int index, int tensor, int tensorOffset, long offset, int length) {}
