package io.lockstep.driver.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where servers live.
 *
 * @param pid the process
 * @param host name or address of its host
 * @param servers their numbers
 */
public record ServerHome(long pid, String host, List<Integer> servers) {
  /** Copies the numbers. */
  public ServerHome {
    servers = List.copyOf(servers);
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("pid", pid);
    plain.put("host", host);
    plain.put("servers", servers);
    return plain;
  }
}
