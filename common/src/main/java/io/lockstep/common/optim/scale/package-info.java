/**
 * Loss scaling: what keeps gradients within the range of a form that is narrower than float32 on
 * their way to the servers, and what becomes of a step that does not fit. Imports config, layout
 * and {@code optim}. Read {@link io.lockstep.common.optim.scale.LossScale} first.
 */
@NullMarked
package io.lockstep.common.optim.scale;

import org.jspecify.annotations.NullMarked;
