/** Tests of what a process shows of itself. */
@NullMarked
package io.lockstep.driver.metrics;

import org.jspecify.annotations.NullMarked;
