/**
 * The worker's way to the parameter servers: partial sums out, new parameters in. Three ways of one
 * protocol, chosen by the server's address: TCP between hosts, a Unix-domain socket within one, and
 * a hand-over without a socket within one process. Imports {@code common.frame}, {@code
 * common.tree} and {@code common.layout}; of the server it knows only {@link
 * io.lockstep.worker.link.ServerPort}. Read {@link io.lockstep.worker.link.WorkerLink} first.
 *
 * <p>One step, at the worker:
 *
 * <pre>
 *   link = WorkerLink.connect(...)             hello, welcome: the first step not yet applied
 *   link.pull(link.firstStep())                all servers send their chunks of that version
 *   link.await(link.firstStep())               all chunks are in the sink
 *   loop: compute the partial sums of step t
 *         link.push(t, partials)               sums, pull of version t + 1, gradients: returns soon
 *         link.await(t + 1)                    own frames out, all chunks of t + 1 in the sink
 * </pre>
 *
 * <p>A server says in its welcome in which form it takes gradients, and with each version by which
 * loss scale those of the next step are to be multiplied. Where the form is narrower than float32
 * both socket and direct link round to it, so that a run loses the same on every way.
 */
@NullMarked
package io.lockstep.worker.link;

import org.jspecify.annotations.NullMarked;
