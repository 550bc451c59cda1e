package io.lockstep.worker.engine.graph;

import io.lockstep.common.config.Options;

/**
 * Where a tensor's first values are taken from.
 *
 * @param section the layer's section {@code weights}, or that of the block around it
 * @param name the tensor's in the file
 */
public record StoredTensor(Options section, String name) {}
