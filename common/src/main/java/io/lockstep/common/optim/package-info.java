/**
 * Update rules, one file each, computed chunk by chunk. Imports layout and config. Read {@link
 * io.lockstep.common.optim.UpdateRule} first, then any rule.
 */
@NullMarked
package io.lockstep.common.optim;

import org.jspecify.annotations.NullMarked;
