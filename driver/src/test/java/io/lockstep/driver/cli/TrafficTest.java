package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.tree.ReductionTree;
import org.junit.jupiter.api.Test;

class TrafficTest {
  private static final ReductionTree TREE = ReductionTree.of(64);

  @Test
  void anUnevenDealSendsMorePartialSums() {
    assertThat(Traffic.of(TREE, 3, 1000)).isEqualTo(new Traffic(3, 11, 1000));
    assertThat(Traffic.of(TREE, 4, 1000)).isEqualTo(new Traffic(4, 4, 1000));
    assertThat(Traffic.of(TREE, 3, 1000).bytesUp()).isEqualTo(11_000);
    assertThat(Traffic.of(TREE, 3, 1000).bytesDown()).isEqualTo(3_000);
  }

  @Test
  void theNearestEvenDealIsTheOneBelowWhereTwoAreEquallyNear() {
    assertThat(Traffic.nearestEven(TREE, 3, 1000).workers()).isEqualTo(2);
    assertThat(Traffic.nearestEven(TREE, 7, 1000).workers()).isEqualTo(8);
    assertThat(Traffic.nearestEven(TREE, 16, 1000).workers()).isEqualTo(16);
    assertThat(Traffic.nearestEven(ReductionTree.of(1), 1, 1000).workers()).isEqualTo(1);
  }
}
