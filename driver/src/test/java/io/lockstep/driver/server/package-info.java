/** What the tests of shards and links share. */
@NullMarked
package io.lockstep.driver.server;

import org.jspecify.annotations.NullMarked;
