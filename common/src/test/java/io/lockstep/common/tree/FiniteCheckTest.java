package io.lockstep.common.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FiniteCheckTest {
  @Test
  void everyBadElementIsFoundAtEveryLength() {
    for (int length : new int[] {0, 1, 7, 8, 9, 63, 64, 65, 1023, 1024, 1025, 5000}) {
      float[] values = new float[length + 2];
      Arrays.fill(values, Float.MAX_VALUE);
      values[0] = Float.NaN;
      values[length + 1] = Float.NaN;
      assertThat(FiniteCheck.firstNonFinite(values, 1, length + 1)).isEqualTo(-1);
      for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
        for (int at = 1; at <= length; at += 1 + length / 97) {
          values[at] = bad;
          assertThat(FiniteCheck.firstNonFinite(values, 1, length + 1)).isEqualTo(at);
          values[at] = -Float.MAX_VALUE;
        }
      }
    }
  }
}
