/**
 * A shard of the parameters with its optimizer state, as a state machine: sums and gradients in,
 * new versions out. Imports common alone: no Akka, sockets, threads or clock. Read {@link
 * io.lockstep.driver.server.shard.ParameterShard} first.
 */
@NullMarked
package io.lockstep.driver.server.shard;

import org.jspecify.annotations.NullMarked;
