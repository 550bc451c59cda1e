/**
 * The network as an acyclic graph of layers: names, shapes and tensors ({@link
 * io.lockstep.worker.engine.graph.Graph}), and one thread's buffers and operations over it ({@link
 * io.lockstep.worker.engine.graph.Execution}). Imports common, the layers and the kernel's
 * interface. Read Graph first.
 */
@NullMarked
package io.lockstep.worker.engine.graph;

import org.jspecify.annotations.NullMarked;
