/**
 * Benchmarks and the tests of what is packaged: none of it is in the application jar. The launcher
 * is {@code deploy/lockstep}, the packaging {@code deploy/pom.xml}. May import everything.
 */
@NullMarked
package io.lockstep.deploy;

import org.jspecify.annotations.NullMarked;
