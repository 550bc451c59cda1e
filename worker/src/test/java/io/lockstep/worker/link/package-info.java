/** Tests of the worker's links; with servers they are tested in driver. */
@NullMarked
package io.lockstep.worker.link;

import org.jspecify.annotations.NullMarked;
