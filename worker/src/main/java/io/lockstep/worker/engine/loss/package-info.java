/**
 * What training makes small, one file each, with their registry. Imports common and, for
 * arithmetic, {@code engine.kernel}. Read {@link io.lockstep.worker.engine.loss.Loss} first.
 */
@NullMarked
package io.lockstep.worker.engine.loss;

import org.jspecify.annotations.NullMarked;
