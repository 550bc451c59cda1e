package io.lockstep.driver.cli;

import io.lockstep.common.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A configuration in a command line's own words, as an address of RFC 2397: {@code
 * data:application/yaml;base64,TEXT}. A run that is submitted to a cluster takes its configuration
 * along so, for its driver starts on a machine that does not have the file. The alphabet is that of
 * addresses and file names, which no shell, path or cluster manager rewrites.
 */
final class InlineConfiguration {
  /** What errors call it. */
  static final String SHOWN = "the configuration in the command line";

  private static final String PREFIX = "data:application/yaml;base64,";

  private InlineConfiguration() {}

  static boolean isInline(String configuration) {
    return configuration.startsWith("data:");
  }

  static String encode(String yaml) {
    return PREFIX
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(yaml.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The text.
   *
   * @throws ConfigurationException where it is not in the one form that is understood
   */
  static String decode(String configuration) {
    if (!configuration.startsWith(PREFIX)) {
      throw new ConfigurationException(
          "a configuration in the command line must begin with "
              + PREFIX
              + ", got "
              + shown(configuration));
    }
    try {
      byte[] text = Base64.getUrlDecoder().decode(configuration.substring(PREFIX.length()));
      return new String(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "a configuration in the command line must be base64 after "
              + PREFIX
              + ", got "
              + shown(configuration),
          e);
    }
  }

  private static String shown(String configuration) {
    return "'" + configuration.substring(0, Math.min(60, configuration.length())) + "'";
  }
}
