/**
 * What a process shows to those who watch: its figures, in Spark's metrics system by {@code
 * driver.spark.LockstepPlugin}, and for Prometheus by an endpoint of a server process; and how its
 * run stands, on Spark's pages by {@code driver.spark.RunPage}. May import {@code driver.report},
 * {@code worker} and a metrics library; nothing of Spark or the control. Read {@link
 * io.lockstep.driver.metrics.Figure} first: a new figure is a line there, and the place that sets
 * it.
 */
@NullMarked
package io.lockstep.driver.metrics;

import org.jspecify.annotations.NullMarked;
