/**
 * How a server process comes to a run: it knows the driver's address and a secret, and gets all
 * else at the door. Sockets of its own, because Akka drops without a word what is addressed to it
 * by another name than its own, and what another build has written. Imports {@code common}, {@code
 * worker.link} and {@code driver.report}'s version. Read {@link
 * io.lockstep.driver.server.door.Greeting} first.
 *
 * <pre>
 * server process                                       driver
 *   "LOCKSTEP"  format u16  nonce 32 bytes  text build   -&gt;
 *                        &lt;-   "LOCKSTEP"  format u16  nonce 32 bytes
 *   proof 32 bytes                                       -&gt;
 *                        &lt;-   REFUSED 1  text reason          and the connection ends
 *                        &lt;-   WELCOME 2  assignment  proof 32 bytes
 *   ... the connection stays as long as the process takes part; its end is the process's death ...
 *   LEAVING 6  text reason                               -&gt;
 *                        &lt;-   DISMISSED 3 | FAILED 4 | DONE 5  text reason
 *
 * proof of the process   HMAC-SHA256(secret, "process" | both nonces | build)
 * proof of the driver    HMAC-SHA256(secret, "driver" | both nonces | assignment)
 * text                   bytes u32, then so many in UTF-8; numbers are big-endian
 * </pre>
 *
 * The secret never crosses the network. Who guesses it asks the driver for every guess: the process
 * proves first. What follows is neither encrypted nor signed.
 */
@NullMarked
package io.lockstep.driver.server.door;

import org.jspecify.annotations.NullMarked;
