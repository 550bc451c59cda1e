/**
 * A real Spark standalone cluster on the loopback of one machine: a master and workers in processes
 * of their own, from the jars of a Spark home, for tests and for trying things out.
 *
 * <p>Plain processes: imports neither Spark nor Akka, and of Lockstep only {@code common.config}.
 * Read {@link io.lockstep.driver.cluster.LocalCluster} first.
 */
@NullMarked
package io.lockstep.driver.cluster;

import org.jspecify.annotations.NullMarked;
