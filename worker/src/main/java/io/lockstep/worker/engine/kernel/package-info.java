/**
 * The seam under the layers: gemm, convolution, reductions, element-wise arithmetic. Holds the
 * interface and its clear float64 implementation; what lies under the float32 one changes no layer.
 * Imports nothing. Read {@link io.lockstep.worker.engine.kernel.Kernel} first.
 */
@NullMarked
package io.lockstep.worker.engine.kernel;

import org.jspecify.annotations.NullMarked;
