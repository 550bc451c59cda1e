/**
 * First values from files: which tensor of which file each of the model's begins with. Start with
 * {@link io.lockstep.driver.weights.NamedWeights}. May use {@code common}, {@code worker.engine}
 * and the reader of {@code driver.report}; only the driver opens the files.
 */
@NullMarked
package io.lockstep.driver.weights;

import org.jspecify.annotations.NullMarked;
