/**
 * The learning-rate range test: a short run whose rate rises by one factor a step, what its losses
 * say, and the page that shows them. Imports common, Jackson, the run itself ({@link
 * io.lockstep.driver.Training}) and reports; no Spark, Akka or ND4J of its own. Read {@link
 * io.lockstep.driver.range.LearningRateRange} first, then {@link
 * io.lockstep.driver.range.Suggestions}.
 */
@NullMarked
package io.lockstep.driver.range;

import org.jspecify.annotations.NullMarked;
