package io.lockstep.common.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a misspelled one was probably meant to be. */
public final class Names {
  private Names() {}

  /**
   * The nearest of the known names by edit distance (Levenshtein), case ignored, where it is near
   * enough to be a slip: at most a third of the longer name, and at least one edit allowed.
   */
  public static Optional<String> nearest(String name, Collection<String> known) {
    return known.stream()
        .filter(
            k ->
                distance(fold(name), fold(k))
                    <= Math.max(2, Math.max(name.length(), k.length()) / 3))
        .min(
            Comparator.comparingInt((String k) -> distance(fold(name), fold(k)))
                .thenComparing(k -> k));
  }

  /** {@code , did you mean 'x'?} or nothing. */
  public static String suggestion(String name, Collection<String> known) {
    return nearest(name, known).map(k -> ", did you mean '" + k + "'?").orElse(";");
  }

  private static String fold(String name) {
    return name.toLowerCase(java.util.Locale.ROOT).replace("_", "").replace("-", "");
  }

  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
