package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.frame.GradientForm;
import io.lockstep.common.tree.ReductionTree;
import org.junit.jupiter.api.Test;

class TrafficTest {
  private static final ReductionTree TREE = ReductionTree.of(64);

  private static Traffic traffic(int workers, GradientForm gradients) {
    return Traffic.of(TREE, workers, 1000, gradients);
  }

  @Test
  void anUnevenDealSendsMorePartialSums() {
    assertThat(traffic(3, GradientForm.FLOAT32).partials()).isEqualTo(11);
    assertThat(traffic(4, GradientForm.FLOAT32).partials()).isEqualTo(4);
    assertThat(traffic(3, GradientForm.FLOAT32).bytesUp()).isEqualTo(44_000);
    assertThat(traffic(3, GradientForm.FLOAT32).bytesDown()).isEqualTo(12_000);
  }

  @Test
  void aNarrowFormHalvesWhatGoesUpAndNotWhatComesDown() {
    assertThat(traffic(3, GradientForm.FLOAT16).bytesUp()).isEqualTo(22_000);
    assertThat(traffic(3, GradientForm.BFLOAT16).bytesUp()).isEqualTo(22_000);
    assertThat(traffic(3, GradientForm.BFLOAT16).bytesDown()).isEqualTo(12_000);
  }

  @Test
  void theNearestEvenDealIsTheOneBelowWhereTwoAreEquallyNear() {
    assertThat(traffic(3, GradientForm.FLOAT32).nearestEven(TREE).workers()).isEqualTo(2);
    assertThat(traffic(7, GradientForm.FLOAT32).nearestEven(TREE).workers()).isEqualTo(8);
    assertThat(traffic(16, GradientForm.FLOAT16).nearestEven(TREE))
        .isEqualTo(traffic(16, GradientForm.FLOAT16));
    ReductionTree one = ReductionTree.of(1);
    assertThat(Traffic.of(one, 1, 1000, GradientForm.FLOAT32).nearestEven(one).workers())
        .isEqualTo(1);
  }
}
