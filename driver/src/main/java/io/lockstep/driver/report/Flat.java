package io.lockstep.driver.report;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Nested maps and lists as values by their paths, such as {@code model.layers[0].units}. */
final class Flat {
  private Flat() {}

  static SortedMap<String, String> of(Map<String, ? extends @Nullable Object> plain) {
    SortedMap<String, String> values = new TreeMap<>();
    put("", plain, values);
    return values;
  }

  private static void put(String path, @Nullable Object value, SortedMap<String, String> values) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, child) -> put(path.isEmpty() ? "" + key : path + "." + key, child, values));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        put(path + "[" + i + "]", list.get(i), values);
      }
    } else {
      values.put(path, String.valueOf(value));
    }
  }
}
