package io.lockstep.common.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RandomStreamBulkTest {
  @Test
  void aRunOfFloatsHoldsTheElementsOneByOne() {
    RandomStream random = RandomStream.of(11, Purpose.DROPOUT, 3, 5, 7);
    for (long from : new long[] {0, 1, 2, 63, 1L << 33}) {
      for (int length : new int[] {0, 1, 2, 7, 8, 65}) {
        float[] run = new float[length + 2];
        random.unitFloats(from, run, 1, length);
        for (int i = 0; i < length; i++) {
          assertThat(run[1 + i]).isEqualTo(random.unitFloat(from + i));
        }
        assertThat(run[0]).isZero();
        assertThat(run[length + 1]).isZero();
      }
    }
  }
}
