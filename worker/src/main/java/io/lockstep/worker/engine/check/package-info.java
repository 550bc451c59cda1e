/**
 * Whether gradients are right: central differences in float64 against what the engine computes, for
 * any activation, loss, layer or network, by the same code that trains. Imports the engine and
 * common. Read {@link io.lockstep.worker.engine.check.GradientCheck} first.
 */
@NullMarked
package io.lockstep.worker.engine.check;

import org.jspecify.annotations.NullMarked;
