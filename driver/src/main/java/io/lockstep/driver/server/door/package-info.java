/**
 * How a server process comes to a run: it knows the driver's address and a secret, and gets all
 * else at the door. Sockets of its own, because Akka drops without a word what is addressed to it
 * by another name than its own, and what another build has written. Imports {@code common}, {@code
 * worker.link}, {@code driver.storage} and {@code driver.report}'s version. Read {@link
 * io.lockstep.driver.server.door.Greeting} first.
 *
 * <pre>
 * server process                                       driver
 *   "LOCKSTEP"  format u16  nonce 32 bytes  text build   -&gt;
 *                        &lt;-   "LOCKSTEP"  format u16  nonce 32 bytes
 *   proof 32 bytes                                       -&gt;
 *                        &lt;-   REFUSED 1  text reason          and the connection ends
 *                        &lt;-   WELCOME 2  seal 36 bytes  proof 32 bytes  assignment
 *   ... the connection stays as long as the process takes part; its end is the process's death ...
 *   LEAVING 6  text reason                               -&gt;
 *                        &lt;-   DISMISSED 3 | FAILED 4 | DONE 5  text reason
 *
 * proof of the process   HMAC-SHA256(secret, "process" | both nonces | build)
 * seal                   bytes of the assignment u32, SHA-256 of it
 * proof of the driver    HMAC-SHA256(secret, "driver" | both nonces | seal)
 * text                   bytes u32, then so many in UTF-8; numbers are big-endian
 * </pre>
 *
 * Nothing that a stranger says is held beyond 16 KiB, waited for beyond ten seconds, or decoded
 * beyond a line of text: both sides prove themselves before the assignment is read, and the
 * driver's proof covers what the assignment will be. The nonces are new each time, so that what was
 * said once proves nothing later.
 *
 * <p>The secret never crosses the network. Who comes to the driver must ask it for every guess: the
 * process proves first. Who can answer in the driver's place can try guesses on that proof at home,
 * refuse the process, or, passing on what both sides say, read along: what follows is neither
 * encrypted nor signed.
 */
@NullMarked
package io.lockstep.driver.server.door;

import org.jspecify.annotations.NullMarked;
