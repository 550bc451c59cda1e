/**
 * What a run leaves behind and what it shows while it runs: the run directory and its files,
 * weights as safetensors, progress, the comparison of two runs. Imports common and Jackson; no
 * Spark, Akka or ND4J. Read {@link io.lockstep.driver.report.RunListener} first, then {@link
 * io.lockstep.driver.report.RunDirectory}.
 */
@NullMarked
package io.lockstep.driver.report;

import org.jspecify.annotations.NullMarked;
