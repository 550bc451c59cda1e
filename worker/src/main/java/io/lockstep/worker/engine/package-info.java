/**
 * The gradient engine: what a configuration's model is ({@link io.lockstep.worker.engine.Network}),
 * its parameters in native memory, and one thread's way from a slice of examples to its gradient
 * ({@link io.lockstep.worker.engine.SliceEngine}). Below it the graph of layers, the layers
 * themselves and the kernel that they are written in; ND4J only in {@code engine.nd4j}. Read
 * Network first.
 */
@NullMarked
package io.lockstep.worker.engine;

import org.jspecify.annotations.NullMarked;
