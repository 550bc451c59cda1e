/**
 * Workloads of links and servers, as processes that {@code deploy/bench} measures beside their
 * peers: each prints {@code ready NAME}, then for every line {@code run N} does its work N times
 * and prints {@code seconds S}, until its input ends. Imports worker.link, driver.server and
 * common. Read {@link io.lockstep.deploy.bench.link.StepWorkload} first.
 */
@NullMarked
package io.lockstep.deploy.bench.link;

import org.jspecify.annotations.NullMarked;
