/**
 * The decisions of a run: who takes part, which incarnation of the servers holds, what a step came
 * to, which checkpoint is complete, when it is over. Imports Akka, Kryo, {@code common}, {@code
 * worker} and {@code driver.report}. Read {@link io.lockstep.driver.coordinator.Run} first: the
 * decisions alone, a pure state machine without actors, clocks and files; then {@link
 * io.lockstep.driver.coordinator.Coordinator}, the thin actor around it.
 */
@NullMarked
package io.lockstep.driver.coordinator;

import org.jspecify.annotations.NullMarked;
