/**
 * Random numbers from counters, never from a generator that is carried along. Imports nothing. Read
 * {@link io.lockstep.common.random.RandomStream} first.
 */
@NullMarked
package io.lockstep.common.random;

import org.jspecify.annotations.NullMarked;
