/**
 * Every file of {@code deploy/examples} trained in this process, as the command line does it, and
 * its outcome asserted. Read {@link io.lockstep.deploy.examples.ExampleRun} first; a test class
 * names its files by {@link io.lockstep.deploy.examples.Asserts}, and a file that none names fails
 * the build.
 */
@NullMarked
package io.lockstep.deploy.examples;

import org.jspecify.annotations.NullMarked;
