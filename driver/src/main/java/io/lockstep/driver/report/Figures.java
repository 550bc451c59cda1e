package io.lockstep.driver.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers as the user reads them. */
public final class Figures {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Figures() {}

  /** A metric by name: an accuracy in percent, others with four places. */
  static String metric(String name, double value) {
    return name.equals("accuracy")
        ? String.format(Locale.ROOT, "%s %.2f %%", name, 100 * value)
        : String.format(Locale.ROOT, "%s %.4f", name, value);
  }

  /** Numbers in brackets, fractions with four places; of a table a pair of brackets a row. */
  static String list(List<?> list) {
    return list.stream()
        .map(
            part ->
                part instanceof List<?> row
                    ? list(row)
                    : part instanceof Double value && value != Math.rint(value)
                        ? String.format(Locale.ROOT, "%.4f", value)
                        : plain(((Number) part).doubleValue()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Bytes with a binary unit, such as {@code 1.5 MiB}. */
  public static String bytes(long bytes) {
    int unit = 0;
    double value = (double) bytes;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0
        ? String.format(Locale.ROOT, "%.0f B", value)
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** A number as it is, without zeros behind, such as {@code 2}, {@code 0.01} or {@code 1.0E-4}. */
  public static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** A large number with three digits and a decimal prefix, such as {@code 1.23 G}. */
  public static String large(long value) {
    String[] prefixes = {"", " k", " M", " G", " T", " P", " E"};
    int prefix = 0;
    double scaled = (double) value;
    while (Math.abs(scaled) >= 999.5 && prefix < prefixes.length - 1) {
      scaled /= 1000;
      prefix++;
    }
    int places = prefix == 0 || Math.abs(scaled) >= 99.95 ? 0 : Math.abs(scaled) >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + places + "f%s", scaled, prefixes[prefix]);
  }

  /** A whole number with thousands apart, such as {@code 60 000}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
  }
}
