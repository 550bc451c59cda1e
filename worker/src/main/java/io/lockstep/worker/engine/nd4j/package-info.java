/**
 * The float32 kernel on ND4J's memory and its OpenBLAS, the settings that pin their bits, and what
 * a process says of itself in the fingerprint. With {@code engine.dl4j} the only place that imports
 * ND4J. Read {@link io.lockstep.worker.engine.nd4j.Nd4jKernel} first.
 */
@NullMarked
package io.lockstep.worker.engine.nd4j;

import org.jspecify.annotations.NullMarked;
