/**
 * {@code deploy/bench}: Lockstep's speed beside that of its peers, in one run, as one table. A row
 * is a pair of {@link io.lockstep.deploy.bench.Side sides} that are measured alternately, so that
 * what else the machine does falls on both. Peers in Python are in {@code deploy/bench-peers}.
 *
 * <p>Read {@link io.lockstep.deploy.bench.Rows} first: it lists the rows. May import everything.
 */
@NullMarked
package io.lockstep.deploy.bench;

import org.jspecify.annotations.NullMarked;
