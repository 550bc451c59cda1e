/** Lockstep's driver module. */
@NullMarked
package io.lockstep.driver;

import org.jspecify.annotations.NullMarked;
