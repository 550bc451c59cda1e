/** Tests of shards. */
@NullMarked
package io.lockstep.driver.server.shard;

import org.jspecify.annotations.NullMarked;
