/** Lockstep's common module. */
@NullMarked
package io.lockstep.common;

import org.jspecify.annotations.NullMarked;
