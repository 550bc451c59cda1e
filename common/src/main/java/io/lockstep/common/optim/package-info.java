/**
 * Update rules, one file each, computed chunk by chunk, and what drives them. Imports layout and
 * config. Read {@link io.lockstep.common.optim.UpdatePlan} first, then {@link
 * io.lockstep.common.optim.UpdateRule}, then any rule. Which tensor follows which rule says {@link
 * io.lockstep.common.optim.ParameterGroups}.
 */
@NullMarked
package io.lockstep.common.optim;

import org.jspecify.annotations.NullMarked;
