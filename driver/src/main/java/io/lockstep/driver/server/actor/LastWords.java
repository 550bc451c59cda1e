package io.lockstep.driver.server.actor;

import io.lockstep.driver.coordinator.ToCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one server said last: the messages without which the run could not go on if they were lost.
 * Whatever it says after them shows that they arrived, or that others noticed. The coordinator
 * takes a message that it has had before as if it had not come. Safe for threads.
 */
final class LastWords {
  private final Consumer<ToCoordinator> coordinator;
  private final List<ToCoordinator> said = new ArrayList<>();

  LastWords(Consumer<ToCoordinator> coordinator) {
    this.coordinator = coordinator;
  }

  /** Says something in place of what was said before. */
  synchronized void say(ToCoordinator message) {
    said.clear();
    add(message);
  }

  /** Says something that belongs to what was said before. */
  synchronized void add(ToCoordinator message) {
    said.add(message);
    coordinator.accept(message);
  }

  synchronized void sayAgain() {
    said.forEach(coordinator);
  }
}
