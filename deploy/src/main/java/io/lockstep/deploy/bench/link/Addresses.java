package io.lockstep.deploy.bench.link;

import io.lockstep.worker.link.ServerAddress;

/** Servers' addresses on the way from one process of a benchmark to another. */
public final class Addresses {
  private Addresses() {}

  /** As one word. */
  public static String text(ServerAddress a) {
    return String.join(
        ",", "" + a.server(), a.host(), "" + a.port(), a.unixPath(), a.hostId(), a.processToken());
  }

  /** What {@link #text} said. */
  public static ServerAddress parse(String text) {
    String[] part = text.split(",", -1);
    return new ServerAddress(
        Integer.parseInt(part[0]), part[1], Integer.parseInt(part[2]), part[3], part[4], part[5]);
  }
}
