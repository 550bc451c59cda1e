/**
 * Checkpoints: what a run needs to go on with the same bits on another cluster. Imports layout,
 * data and Jackson. Read {@link io.lockstep.common.checkpoint.Checkpoints} first, then {@link
 * io.lockstep.common.checkpoint.Manifest}.
 *
 * <p>A checkpoint of step N (N updates done) is a folder. Every server writes its own chunks to a
 * shard file; the manifest, written last and named by one atomic move, is what makes the checkpoint
 * exist. A folder without one is waste.
 *
 * <pre>
 * step-400/shard-0-of-2.bin     chunks 0 .. 6
 * step-400/shard-1-of-2.bin     chunks 7 .. 13
 * step-400/manifest.json        step, configuration, streams, layout, state, shard files and checksums
 * </pre>
 *
 * <p>A shard file, all little-endian, checksums CRC-32C:
 *
 * <pre>
 * header    magic "LOCKSTEP" (8 bytes)
 *           format version, int             2
 *           step, long
 *           shard, int                      of
 *           shards, int
 *           first chunk, int                the run of chunks in the file
 *           end chunk, int                  one more than the last
 *           layout, int                     CRC-32C of the tensors' names and shapes, which are whole,
 *                                           and the chunk size
 *           checksum, int                   of the header so far
 * chunk     index, int                      repeated, from the first chunk to the last
 *           bytes, int                      of the arrays below
 *           length, int, float[length]      the parameters
 *           length, int, float[length]      each state array in the rule's order, by the
 *                                           manifest's names for the tensor
 *           checksum, int                   of index, bytes and arrays
 * footer    magic "SHARDEND" (8 bytes)
 *           checksum, int                   of all checksums above, in order: also in the manifest
 * </pre>
 *
 * <p>Chunks carry their own checksums, so that any number of servers can read any run of them
 * without reading the rest.
 */
@NullMarked
package io.lockstep.common.checkpoint;

import org.jspecify.annotations.NullMarked;
