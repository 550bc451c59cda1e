/**
 * What travels between workers and servers: the bytes of a frame, and reading and writing them on a
 * channel. Imports the scalars of {@code tree}; knows channels, not sockets. Read {@link
 * io.lockstep.common.frame.FrameKind} first.
 *
 * <p>A frame is a header of 32 bytes and a payload; all is little-endian.
 *
 * <pre>
 * offset  bytes
 *      0      2  magic        'L' 'S'
 *      2      1  version      3
 *      3      1  kind         the code of a {@link io.lockstep.common.frame.FrameKind}
 *      4      4  incarnation  of the layout of chunks on servers; another's frames are refused
 *      8      8  step         or a version of the parameters, or an attempt
 *     16      4  node         of the reduction tree, or a worker, or the code of a view: 0 the
 *                             parameters, 1 the model, 2 the average
 *     20      4  chunk        of the layout, or a server
 *     24      4  length       bytes of the payload
 *     28      4  flags        bit 0: present; bits 1 and 2: the code of a {@link
 *                             io.lockstep.common.frame.GradientForm}; bits 16 to 31, signed: e, where
 *                             gradients are multiplied by a loss scale of 2^e
 *     32 length  payload
 *
 * kind        step     node    chunk   payload
 * HELLO       attempt  worker  server  SHA-256 of the run's token, 32 bytes    first, worker to server
 * WELCOME     current  -       -       -                                       the server's answer, flags: form
 * REFUSED     -        -       -       the reason, UTF-8                       or this, at any time
 * PULL        version  view    -       -                                       send me that version
 * GONE        version  view    -       -                                       the answer where it has passed
 * PARAMETERS  version  view    chunk   float32 [chunk length]                  server to worker, flags: e of that step
 * SUMS        step     node    -       loss, weight, squares, examples: float64 [4]  flags: present
 * GRADIENT    step     node    chunk   the form's elements [chunk length]      worker to server, flags: form, e
 * SCHEDULE    step     -       -       the schedule's state: float64 [any]         worker to server
 * </pre>
 *
 * <p>A worker sends the SUMS of a node before the node's GRADIENTs, and PULL of step + 1 between
 * the two. That PULL says that the worker has computed its part of the step, so its parameters may
 * be overwritten. Where the schedule looks at a validation metric, the SCHEDULE that follows from
 * the validation before the step comes first of all: so a server that has all gradients of a step
 * also knows its rate. A present node's GRADIENT comes for every chunk of the server; an absent
 * node has none.
 *
 * <p>Running statistics ({@link io.lockstep.common.layout.Role#STATISTICS}) are no gradients,
 * though they come as GRADIENT frames: always as float32, never multiplied by a loss scale.
 *
 * <p>A view other than the parameters is computed from the state of a version, which a server has
 * until it begins the update to the next. It then answers GONE, perhaps after some of the chunks.
 */
@NullMarked
package io.lockstep.common.frame;

import org.jspecify.annotations.NullMarked;
