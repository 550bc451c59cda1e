package io.lockstep.driver.submit;

import io.lockstep.common.config.ConfigurationException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as Spark's settings spell them: {@code 2g}, {@code 1536m}, {@code 512}. */
final class MemorySize {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(b|k|kb|m|mb|g|gb|t|tb|p|pb)?");
  private static final long MEBIBYTE = 1L << 20;

  private MemorySize() {}

  /**
   * A setting in MiB, rounded down; a number without a unit is in MiB.
   *
   * @param setting its name, for the error
   * @throws ConfigurationException where it is no size
   */
  static long mebibytes(String setting, String value) {
    Matcher size = FORM.matcher(value.strip().toLowerCase(Locale.ROOT));
    if (!size.matches()) {
      throw new ConfigurationException(
          setting + " must be a size such as 2g or 1536m, got '" + value + "'");
    }
    String unit = size.group(2) == null ? "m" : size.group(2).substring(0, 1);
    int shift = 10 * "bkmgtp".indexOf(unit);
    try {
      return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift) / MEBIBYTE;
    } catch (ArithmeticException e) {
      throw new ConfigurationException(setting + " is too large: '" + value + "'", e);
    }
  }

  /** The setting in MiB, or another value where it is not set. */
  static long mebibytes(Map<String, String> settings, String setting, long otherwise) {
    String value = settings.get(setting);
    return value == null ? otherwise : mebibytes(setting, value);
  }

  /** Whole MiB that hold so many bytes. */
  static long ofBytes(long bytes) {
    return (bytes + MEBIBYTE - 1) / MEBIBYTE;
  }
}
