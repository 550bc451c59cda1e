package io.lockstep.driver;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The run's secret, without which no process takes part: 128 random bits, hexadecimal. */
final class RunToken {
  private static final int BYTES = 16;

  private RunToken() {}

  static String next() {
    byte[] bits = new byte[BYTES];
    new SecureRandom().nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }
}
