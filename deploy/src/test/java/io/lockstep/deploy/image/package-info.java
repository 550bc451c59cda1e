/**
 * The scripts of {@code deploy/image}: what a container becomes, and what the build refuses. The
 * image itself is built by command, for that needs root.
 */
@NullMarked
package io.lockstep.deploy.image;

import org.jspecify.annotations.NullMarked;
