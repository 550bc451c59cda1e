package io.lockstep.driver.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.shard.StepReport;
import org.junit.jupiter.api.Test;

class ServerClocksTest {
  private static final StepReport REPORT = new StepReport(0, Scalars.NONE, 0, new double[0], null);

  private static ToCoordinator.StepApplied applied(int server, long nanos) {
    return new ToCoordinator.StepApplied(1, server, REPORT, nanos);
  }

  @Test
  void aMessageThatWasSlowDoesNotMakeItsStepSlow() {
    ServerClocks clocks = new ServerClocks();
    assertThat(clocks.toOwn(applied(0, 100), 1100)).isEqualTo(1100);
    assertThat(clocks.toOwn(applied(0, 200), 1205)).isEqualTo(1200);
    assertThat(clocks.toOwn(applied(0, 300), 5000)).isEqualTo(1300);
  }

  @Test
  void eachServerHasItsOwnClock() {
    ServerClocks clocks = new ServerClocks();
    assertThat(clocks.toOwn(applied(0, 100), 1100)).isEqualTo(1100);
    assertThat(clocks.toOwn(applied(1, 9100), 1150)).isEqualTo(1150);
    assertThat(clocks.toOwn(applied(1, 9200), 1300)).isEqualTo(1250);
  }
}
