/** Tests of files that may lie on any file system, with file systems of their own. */
@NullMarked
package io.lockstep.driver.storage;

import org.jspecify.annotations.NullMarked;
