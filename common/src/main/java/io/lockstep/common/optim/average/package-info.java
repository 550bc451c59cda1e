/**
 * Averages of the weights, kept beside them. Imports {@code config} and {@code optim}. Read {@link
 * io.lockstep.common.optim.WeightAverage} first, then {@link
 * io.lockstep.common.optim.average.RunningAverage}.
 */
@NullMarked
package io.lockstep.common.optim.average;

import org.jspecify.annotations.NullMarked;
