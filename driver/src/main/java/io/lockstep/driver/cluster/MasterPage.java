package io.lockstep.driver.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;

/** What the master says about itself at {@code /json/} of its web page. */
final class MasterPage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_MILLIS = 2000;

  private MasterPage() {}

  /**
   * The number of workers that are registered and alive with the master of {@code url}; 0 while its
   * page does not answer or is another master's.
   */
  static int aliveWorkers(String page, String url) {
    try {
      URLConnection connection = URI.create(page + "/json/").toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      try (InputStream answer = connection.getInputStream()) {
        JsonNode status = JSON.readTree(answer);
        return status.path("url").asText().equals(url) ? status.path("aliveworkers").asInt() : 0;
      }
    } catch (IOException notYet) {
      return 0;
    }
  }
}
