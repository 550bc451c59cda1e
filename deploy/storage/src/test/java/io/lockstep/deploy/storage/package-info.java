/**
 * Runs with everything that they read and write on HDFS and on an object store, whose servers run
 * in this process. Read {@link io.lockstep.deploy.storage.RunsElsewhere} first.
 */
@NullMarked
package io.lockstep.deploy.storage;

import org.jspecify.annotations.NullMarked;
