package io.lockstep.driver.server.link;

import io.lockstep.common.layout.Layout;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.RoundTotals;
import java.util.List;

/**
 * Reduces rounds of sums in one process: for a server that is alone, or several side by side.
 * Across processes the coordinator does the same.
 */
public final class LocalRounds {
  private final RoundTotals totals;
  private List<ParameterServer> servers = List.of();

  /**
   * @param layout of the model
   */
  public LocalRounds(Layout layout) {
    this.totals = new RoundTotals(layout);
  }

  /** The servers that hold all chunks of the layout; before the first step. */
  public synchronized void servers(List<ParameterServer> servers) {
    this.servers = List.copyOf(servers);
  }

  /** What {@link ServerEvents#roundReady} calls. */
  public synchronized void roundReady(RoundSums sums) {
    double[][] perTensor = totals.add(sums);
    if (perTensor != null) {
      servers.forEach(server -> server.totals(sums.step(), sums.round(), perTensor));
    }
  }
}
