package io.lockstep.driver.cli;

import java.util.Optional;

/**
 * One thing that the doctor looked at.
 *
 * @param what such as {@code java}
 * @param found what there is, or what is wrong
 * @param wayOut how to mend it; empty where nothing is wrong
 */
record Finding(String what, String found, Optional<String> wayOut) {
  static Finding ok(String what, String found) {
    return new Finding(what, found, Optional.empty());
  }

  static Finding wrong(String what, String found, String wayOut) {
    return new Finding(what, found, Optional.of(wayOut));
  }

  boolean isWrong() {
    return wayOut.isPresent();
  }
}
