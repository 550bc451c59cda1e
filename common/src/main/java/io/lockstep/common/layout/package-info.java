/**
 * The flat vector of parameters: tensors in order, cut into chunks. Imports nothing. Read {@link
 * io.lockstep.common.layout.Layout} first.
 */
@NullMarked
package io.lockstep.common.layout;

import org.jspecify.annotations.NullMarked;
