package io.lockstep.driver.cli;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints the keys of an entry: defaults, what is allowed, what they mean. */
final class KeyTable {
  private KeyTable() {}

  static void print(List<Key<?>> keys, PrintWriter out) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("key", "default", "allowed", "meaning"));
    for (Key<?> key : keys) {
      rows.add(List.of(key.name(), otherwise(key), key.allowed(), key.meaning()));
    }
    Columns.print(rows, out);
  }

  /** What holds where the key is not written. */
  static String otherwise(Key<?> key) {
    if (key.isRequired()) {
      return "required";
    }
    if (key.defaultValue() instanceof Options options) {
      return options.isEmpty() ? "" : String.valueOf(options.plain().get(Registry.TYPE.name()));
    }
    return key.writtenDefault().map(String::valueOf).orElse("");
  }
}
