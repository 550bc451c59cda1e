/** Tests of servers and links together: workers are threads, gradients made up. */
@NullMarked
package io.lockstep.driver.server.link;

import org.jspecify.annotations.NullMarked;
