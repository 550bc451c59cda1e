/**
 * Functions of a row, one file each, with their registry. Imports common, the guides and, for
 * arithmetic, {@code engine.kernel}. Read {@link io.lockstep.worker.engine.activation.Activation}
 * first.
 */
@NullMarked
package io.lockstep.worker.engine.activation;

import org.jspecify.annotations.NullMarked;
