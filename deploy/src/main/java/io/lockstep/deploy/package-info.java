/** Lockstep's deploy module. */
@NullMarked
package io.lockstep.deploy;

import org.jspecify.annotations.NullMarked;
