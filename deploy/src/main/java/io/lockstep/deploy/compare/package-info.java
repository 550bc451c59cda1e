/**
 * {@code deploy/compare-optimizers}: every update rule trains one model with the rate that its own
 * range test suggests. Read {@link io.lockstep.deploy.compare.CompareOptimizers} first. May import
 * everything.
 */
@NullMarked
package io.lockstep.deploy.compare;

import org.jspecify.annotations.NullMarked;
