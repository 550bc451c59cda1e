package io.lockstep.driver.coordinator;

import java.util.List;

/** What a host of servers is told by the coordinator. */
public sealed interface ToServers {
  /**
   * Host these servers, and no others any more: those of earlier incarnations are closed.
   *
   * @param step the checkpoint to load; 0 for the first values
   * @param servers their numbers; perhaps none
   */
  record Host(int incarnation, long step, List<Integer> servers) implements ToServers {}

  /**
   * The totals of a round over all servers.
   *
   * @param step that is being made, from 0
   * @param totals [tensor][sum]
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Totals(int incarnation, long step, int round, double[][] totals) implements ToServers {}

  /** A server process was heard; it need not say again that it is ready. */
  record Heard() implements ToServers {}

  /** Close all servers and end. */
  record Close() implements ToServers {}
}
