/**
 * How workers meet a shard: sessions, sockets and threads. Imports {@code server.shard}, {@code
 * common.frame} and the worker's side of the seam in {@code worker.link}; no Akka. Read {@link
 * io.lockstep.driver.server.link.ParameterServer} first.
 */
@NullMarked
package io.lockstep.driver.server.link;

import org.jspecify.annotations.NullMarked;
