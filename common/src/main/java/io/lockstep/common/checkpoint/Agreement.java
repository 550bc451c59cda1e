package io.lockstep.common.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a configuration must be the same for a resumed run to have the same bits. All of it must,
 * but for what only says where and how the run is computed, how it is watched, and where its data
 * lies (the streams' summaries tell whether they are still the same).
 */
public final class Agreement {
  /** The keys and sections that may differ on resume. */
  public static final List<String> MAY_DIFFER =
      List.of(
          "name",
          "cluster",
          "checkpoint",
          "train.validateEvery",
          "train.gradientNorms",
          "data.train",
          "data.validation",
          "allowDifferentFingerprint",
          "commit",
          "versions",
          "fingerprint");

  /** A file of first values may lie elsewhere: its hash, which stands beside it, must agree. */
  private static final Pattern FILE_OF_WEIGHTS = Pattern.compile("model\\.(.*\\.)?weights\\.file");

  private Agreement() {}

  /**
   * The values that must agree, by their paths, such as {@code optimizer.beta1}.
   *
   * @param configuration the resolved configuration as plain maps, lists and values
   */
  public static SortedMap<String, String> of(
      Map<String, ? extends @Nullable Object> configuration) {
    return of(configuration, List.of());
  }

  /**
   * As the other form, for a run in which more must agree.
   *
   * @param steering those of {@link #MAY_DIFFER} that the run's parameters depend on, such as how
   *     often it validates where the learning rate follows from that
   */
  public static SortedMap<String, String> of(
      Map<String, ? extends @Nullable Object> configuration, List<String> steering) {
    SortedMap<String, String> values = new TreeMap<>();
    flatten("", configuration, values);
    values
        .keySet()
        .removeIf(path -> mayDiffer(path) && steering.stream().noneMatch(key -> within(path, key)));
    values.keySet().removeIf(path -> FILE_OF_WEIGHTS.matcher(path).matches());
    return values;
  }

  /**
   * Refuses a configuration that differs from the checkpoint's where it may not.
   *
   * @throws CheckpointException naming every key that differs, with both values
   */
  public static void check(Manifest manifest, SortedMap<String, String> now) {
    List<String> differences = new ArrayList<>();
    SortedMap<String, String> all = new TreeMap<>(manifest.configuration());
    all.putAll(now);
    for (String path : all.keySet()) {
      String then = manifest.configuration().getOrDefault(path, "absent");
      String value = now.getOrDefault(path, "absent");
      if (!then.equals(value)) {
        differences.add(path + " (checkpoint: " + then + ", now: " + value + ")");
      }
    }
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          manifest
              + ": must be resumed with the same configuration, differs in "
              + String.join(", ", differences)
              + "; may differ: "
              + String.join(", ", MAY_DIFFER));
    }
  }

  /**
   * Refuses a checkpoint whose state is not what this run's update rule keeps, although the
   * configurations agree: one that another version wrote.
   *
   * @param now names of the state arrays by tensor
   * @throws CheckpointException naming every tensor that differs, with both states
   */
  public static void checkState(Manifest manifest, Map<String, List<String>> now) {
    List<String> differences = new ArrayList<>();
    now.forEach(
        (tensor, names) -> {
          List<String> then = manifest.state().getOrDefault(tensor, List.of());
          if (!then.equals(names)) {
            differences.add(tensor + " (checkpoint: " + then + ", now: " + names + ")");
          }
        });
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          manifest
              + ": must hold the state that the update rule keeps, differs in "
              + String.join(", ", differences)
              + "; resume it with the version of Lockstep that wrote it");
    }
  }

  private static boolean mayDiffer(String path) {
    return MAY_DIFFER.stream().anyMatch(section -> within(path, section));
  }

  private static boolean within(String path, String section) {
    return path.equals(section) || path.startsWith(section + ".") || path.startsWith(section + "[");
  }

  private static void flatten(
      String path, @Nullable Object value, SortedMap<String, String> values) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, child) -> flatten(path.isEmpty() ? "" + key : path + "." + key, child, values));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        flatten(path + "[" + i + "]", list.get(i), values);
      }
    } else {
      values.put(path, String.valueOf(value));
    }
  }
}
