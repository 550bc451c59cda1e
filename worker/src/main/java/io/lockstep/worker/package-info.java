/**
 * What runs in an executor. Imports {@code common}, {@code worker.data}, {@code worker.engine} and
 * {@code worker.link}; no Spark, no Akka. Read {@link io.lockstep.worker.WorkerLoop} first.
 */
@NullMarked
package io.lockstep.worker;

import org.jspecify.annotations.NullMarked;
