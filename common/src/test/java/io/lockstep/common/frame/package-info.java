/** Tests of frames. */
@NullMarked
package io.lockstep.common.frame;

import org.jspecify.annotations.NullMarked;
