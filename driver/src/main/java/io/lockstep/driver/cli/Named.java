package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Names;
import java.util.List;
import java.util.function.Function;

/** Finds what a command line names. */
final class Named {
  private Named() {}

  /**
   * The one of that name.
   *
   * @param kind what the things are called in the error
   * @throws ConfigurationException where there is none, with the nearest name
   */
  static <T> T find(String kind, String name, List<T> all, Function<T, String> names) {
    List<String> known = all.stream().map(names).toList();
    int index = known.indexOf(name);
    if (index < 0) {
      throw new ConfigurationException(
          "unknown "
              + kind
              + " '"
              + name
              + "'"
              + Names.suggestion(name, known)
              + " known: "
              + String.join(", ", known));
    }
    return all.get(index);
  }
}
