/** Tests of the tree, against {@link io.lockstep.common.tree.PlainTree}. */
@NullMarked
package io.lockstep.common.tree;

import org.jspecify.annotations.NullMarked;
