/**
 * What a run asks of Spark: how large executors must be for the model, which settings would break
 * the run or its bits, and the line of spark-submit that says it all.
 *
 * <p>Pure: starts nothing, reads no files; of Spark it asks only which module options a JVM needs.
 * {@code driver.spark} uses the same sizes and rules where a run was submitted by hand. Read {@link
 * io.lockstep.driver.submit.Submission} first.
 */
@NullMarked
package io.lockstep.driver.submit;

import org.jspecify.annotations.NullMarked;
