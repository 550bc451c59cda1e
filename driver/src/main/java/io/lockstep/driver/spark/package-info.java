/**
 * The only place that knows Spark: reads sources, deals their rows into streams and runs the
 * workers as tasks. Imports Spark, {@code common} and {@code worker}. Read {@link
 * io.lockstep.driver.spark.GroupedStreams} for what a task receives.
 */
@NullMarked
package io.lockstep.driver.spark;

import org.jspecify.annotations.NullMarked;
