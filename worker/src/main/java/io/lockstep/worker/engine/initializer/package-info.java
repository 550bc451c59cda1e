/**
 * First values of tensors, one file each, with their registry. Imports common and, for arithmetic,
 * {@code engine.kernel}. Read {@link io.lockstep.worker.engine.initializer.Initializer} first.
 */
@NullMarked
package io.lockstep.worker.engine.initializer;

import org.jspecify.annotations.NullMarked;
