/**
 * The one binary tree by which every sum of a step is taken. Imports nothing. Read {@link
 * io.lockstep.common.tree.ReductionTree} first.
 */
@NullMarked
package io.lockstep.common.tree;

import org.jspecify.annotations.NullMarked;
