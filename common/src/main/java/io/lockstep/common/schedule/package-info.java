/**
 * How the learning rate changes over a run, one file a schedule. Imports config. Read {@link
 * io.lockstep.common.schedule.Schedule} first, then {@link io.lockstep.common.schedule.Schedules}.
 */
@NullMarked
package io.lockstep.common.schedule;

import org.jspecify.annotations.NullMarked;
