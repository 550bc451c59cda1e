/**
 * A process of its own that hosts servers: it asks a driver for its run, hosts what it is told to,
 * and ends with the run. Imports Akka, {@code driver.coordinator}'s messages and actor system,
 * {@code driver.server}, {@code worker} and {@code common}; not Spark. Read {@link
 * io.lockstep.driver.server.process.ServerProcess} first.
 */
@NullMarked
package io.lockstep.driver.server.process;

import org.jspecify.annotations.NullMarked;
