/**
 * A worker's examples: each stream read once into primitive arrays, shuffled anew each epoch, given
 * out slice by slice. Imports {@code common} and the engine's {@code SliceBatch}. Read {@link
 * io.lockstep.worker.data.SliceStream} first.
 */
@NullMarked
package io.lockstep.worker.data;

import org.jspecify.annotations.NullMarked;
