/**
 * Files that may lie on any file system of Hadoop's: configurations, weights, the folder of a run
 * and its checkpoints. What is local is read and written by {@code java.nio}, as if there were no
 * Hadoop. Beside {@code driver.spark} the only package that knows Hadoop. Imports Hadoop, {@code
 * common.checkpoint} and {@code common.config}. Read {@link io.lockstep.driver.storage.Storage}
 * first.
 */
@NullMarked
package io.lockstep.driver.storage;

import org.jspecify.annotations.NullMarked;
