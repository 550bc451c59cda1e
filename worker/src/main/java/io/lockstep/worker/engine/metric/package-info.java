/**
 * What tells a user how well the network does, as weighted sums in double over a slice, which the
 * tree adds up like the loss. Imports {@code engine.kernel}. Read {@link
 * io.lockstep.worker.engine.metric.Metric} first.
 */
@NullMarked
package io.lockstep.worker.engine.metric;

import org.jspecify.annotations.NullMarked;
