/**
 * Clips: what keeps a gradient within limits before the update rule, one file each. Imports config,
 * layout and {@code optim}. Read {@link io.lockstep.common.optim.Clip} first.
 */
@NullMarked
package io.lockstep.common.optim.clip;

import org.jspecify.annotations.NullMarked;
