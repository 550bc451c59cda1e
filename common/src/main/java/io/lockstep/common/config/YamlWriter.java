package io.lockstep.common.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain Java values as YAML that {@link YamlReader} reads back as equal values: sections on
 * lines of their own, what lies inside lists in flow form, text quoted where it must be.
 */
final class YamlWriter {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/][A-Za-z0-9_./+-]*|[0-9]+(ms|s|m|h)");

  private YamlWriter() {}

  /** The section as lines, each ended by a line feed. */
  static String write(Map<?, ?> section) {
    StringBuilder out = new StringBuilder();
    write(section, "", out);
    return out.toString();
  }

  private static void write(Map<?, ?> section, String indent, StringBuilder out) {
    section.forEach(
        (key, value) -> {
          out.append(indent).append(text(String.valueOf(key))).append(':');
          if (value instanceof Map<?, ?> inner && !isShort(inner)) {
            out.append('\n');
            write(inner, indent + "  ", out);
          } else if (value instanceof List<?> list
              && list.stream().anyMatch(Map.class::isInstance)) {
            out.append('\n');
            list.forEach(
                element -> out.append(indent).append("  - ").append(flow(element)).append('\n'));
          } else {
            out.append(' ').append(flow(value)).append('\n');
          }
        });
  }

  private static boolean isShort(Map<?, ?> section) {
    return section.size() < 2
        && section.values().stream().noneMatch(v -> v instanceof Map || v instanceof Collection);
  }

  private static String flow(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> text(String.valueOf(entry.getKey())) + ": " + flow(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(YamlWriter::flow).collect(Collectors.joining(", ", "[", "]"));
    }
    return value instanceof String text ? text(text) : number(value);
  }

  private static String number(@Nullable Object value) {
    if (value instanceof Double real) {
      return real.isNaN() ? ".nan" : real.isInfinite() ? (real > 0 ? ".inf" : "-.inf") : "" + real;
    }
    return String.valueOf(value);
  }

  private static String text(String text) {
    if (PLAIN.matcher(text).matches() && text.equals(Scalars.resolve(text))) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfeff) {
            quoted.append(String.format("\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
