/**
 * What the tests of all modules share: reference cases, seeds. Read {@link
 * io.lockstep.common.GoldenCases} first.
 */
@NullMarked
package io.lockstep.common;

import org.jspecify.annotations.NullMarked;
