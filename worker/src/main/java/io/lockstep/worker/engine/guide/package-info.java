/**
 * What the entries of a registry say to whoever chooses among them: formula, range, purpose, and
 * the curves that a page draws. Imports common's configuration alone. Read {@link
 * io.lockstep.worker.engine.guide.Described} first.
 */
@NullMarked
package io.lockstep.worker.engine.guide;

import org.jspecify.annotations.NullMarked;
