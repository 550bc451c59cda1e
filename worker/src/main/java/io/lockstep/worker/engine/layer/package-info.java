/**
 * The layers, one file each, with their registry: shapes, parameters, forward and backward, written
 * once against {@code engine.kernel}. Images are channels last inside, {@code [channels, height,
 * width]} for the user. Imports common, activations, initialisers and the kernel's interface. Read
 * {@link io.lockstep.worker.engine.layer.Layer} first, then {@link
 * io.lockstep.worker.engine.layer.Dense}.
 */
@NullMarked
package io.lockstep.worker.engine.layer;

import org.jspecify.annotations.NullMarked;
