package io.lockstep.driver.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which parts make a round's totals: two shards of one chunk each. */
class RoundTotalsTest {
  private final RoundTotals totals =
      new RoundTotals(Layout.of(List.of(new TensorSpec("a.W", List.of(2, 2), Role.WEIGHT)), 2));

  private static RoundSums part(long step, int round, int chunk, double sum) {
    return new RoundSums(step, round, chunk, new double[][] {{sum}});
  }

  @Test
  void aRoundIsOverOnceAllPartsAreThere() {
    assertThat(totals.add(part(0, 0, 1, 2))).isNull();
    assertThat(totals.add(part(0, 0, 0, 1))).isEqualTo(new double[][] {{3}});
    assertThat(totals.add(part(0, 1, 0, 4))).isNull();
    assertThat(totals.add(part(0, 1, 1, 5))).isEqualTo(new double[][] {{9}});
    assertThat(totals.add(part(1, 0, 0, 6))).isNull();
    assertThat(totals.add(part(1, 0, 1, 7))).isEqualTo(new double[][] {{13}});
  }

  @Test
  void aPartThatComesTwiceChangesNothingAndHearsWhatARoundOfTheStepCameTo() {
    assertThat(totals.add(part(3, 1, 0, 1))).isNull();
    assertThat(totals.add(part(3, 1, 0, 1))).isNull();
    assertThat(totals.add(part(3, 0, 1, 100))).as("an earlier round").isNull();
    assertThat(totals.add(part(2, 1, 1, 100))).as("an earlier step").isNull();
    assertThat(totals.add(part(3, 1, 1, 2))).isEqualTo(new double[][] {{3}});
    assertThat(totals.add(part(3, 1, 0, 1)))
        .as("a round that is over")
        .isEqualTo(new double[][] {{3}});
    assertThat(totals.add(part(3, 2, 0, 9))).isNull();
    assertThat(totals.add(part(3, 1, 1, 100)))
        .as("one that another has overtaken")
        .isEqualTo(new double[][] {{3}});
    assertThat(totals.add(part(4, 0, 0, 1))).isNull();
    assertThat(totals.add(part(3, 1, 0, 1))).as("of a step that is over").isNull();
  }
}
