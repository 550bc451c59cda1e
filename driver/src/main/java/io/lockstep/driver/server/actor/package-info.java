/**
 * Hosts of parameter servers, in the driver or beside a worker: they load what a server begins
 * with, write its part of every checkpoint, and carry word between it and the coordinator. Imports
 * Akka, {@code driver.coordinator}'s messages, {@code driver.server}, {@code driver.weights} and
 * {@code common}. Read {@link io.lockstep.driver.server.actor.HostedServers} first.
 */
@NullMarked
package io.lockstep.driver.server.actor;

import org.jspecify.annotations.NullMarked;
