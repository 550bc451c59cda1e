package io.lockstep.driver;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Few rows of choices in which every two choices of different factors meet at least once; greedy,
 * so not the fewest, and always the same.
 */
final class Pairwise {
  private Pairwise() {}

  /**
   * Chooses the rows.
   *
   * @param levels how many choices each factor has
   * @return rows of [factor] choices
   */
  static List<int[]> rows(int... levels) {
    Set<List<Integer>> missing = new HashSet<>();
    List<int[]> all = all(levels);
    all.forEach(row -> missing.addAll(pairs(row)));
    List<int[]> chosen = new ArrayList<>();
    while (!missing.isEmpty()) {
      int[] best = all.get(0);
      long most = 0;
      for (int[] row : all) {
        long covered = pairs(row).stream().filter(missing::contains).count();
        if (covered > most) {
          most = covered;
          best = row;
        }
      }
      chosen.add(best);
      missing.removeAll(pairs(best));
    }
    return chosen;
  }

  /** Every combination. */
  static List<int[]> all(int... levels) {
    List<int[]> rows = new ArrayList<>();
    int count = 1;
    for (int level : levels) {
      count *= level;
    }
    for (int n = 0; n < count; n++) {
      int[] row = new int[levels.length];
      int rest = n;
      for (int f = 0; f < levels.length; f++) {
        row[f] = rest % levels[f];
        rest /= levels[f];
      }
      rows.add(row);
    }
    return rows;
  }

  private static List<List<Integer>> pairs(int[] row) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (int a = 0; a < row.length; a++) {
      for (int b = a + 1; b < row.length; b++) {
        pairs.add(List.of(a, row[a], b, row[b]));
      }
    }
    return pairs;
  }
}
