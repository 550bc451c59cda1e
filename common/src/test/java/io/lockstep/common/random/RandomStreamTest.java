package io.lockstep.common.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random numbers: the published vectors, the numbers that are promised, plain statistics. */
class RandomStreamTest {
  private static RandomStream stream(long seed) {
    return RandomStream.of(seed, Purpose.INITIALIZE, 0, 0, 0);
  }

  /** From {@code kat_vectors} of Random123 (Salmon et al.), lines {@code philox4x32 10}. */
  @Test
  void theBlockFunctionGivesThePublishedVectors() {
    checkBlock(
        new int[] {0, 0, 0, 0},
        new int[] {0, 0},
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    checkBlock(
        new int[] {-1, -1, -1, -1},
        new int[] {-1, -1},
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    checkBlock(
        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
        new int[] {0xa4093822, 0x299f31d0},
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  }

  private static void checkBlock(int[] counter, int[] key, int[] expected) {
    long lower =
        RandomStream.half(counter[0], counter[1], counter[2], counter[3], key[0], key[1], true);
    long upper =
        RandomStream.half(counter[0], counter[1], counter[2], counter[3], key[0], key[1], false);
    assertThat(new int[] {(int) lower, (int) (lower >>> 32), (int) upper, (int) (upper >>> 32)})
        .containsExactly(expected);
  }

  /** A change of these numbers changes the weights of every run that was ever made. */
  @Test
  void theNumbersOfARunAreThoseOfEveryEarlierBuild() {
    RandomStream stream = RandomStream.of(42, Purpose.DROPOUT, 3, 1000, 7);
    assertThat(LongStream.range(0, 4).map(stream::bits).toArray())
        .containsExactly(
            4015155750689278483L,
            7694128233515102557L,
            6971907735638953612L,
            -9122769990639949043L);
    int[] order = new int[10];
    RandomStream.of(42, Purpose.SHUFFLE, 0, 2, 5).shuffle(order);
    assertThat(order).containsExactly(0, 6, 1, 2, 4, 3, 5, 7, 8, 9);
    assertThat(stream(42).normal(0)).isEqualTo(-1.0840054153434802);
  }

  @Test
  void everyPartOfTheKeyGivesAnotherStream() {
    Set<Long> first = new HashSet<>();
    int keys = 0;
    for (long seed : new long[] {-1, 0, 1, 1L << 40}) {
      for (Purpose purpose : Purpose.values()) {
        for (long id = 0; id < 5; id++) {
          for (long time = 0; time < 5; time++) {
            for (long of = 0; of < 5; of++) {
              first.add(RandomStream.of(seed, purpose, id, time, of).bits(0));
              keys++;
            }
          }
        }
      }
    }
    assertThat(first).hasSize(keys);
  }

  @Test
  void uniformNumbersFillTheUnitIntervalEvenly() {
    int n = 200_000;
    RandomStream stream = stream(1);
    double[] doubles = LongStream.range(0, n).mapToDouble(stream::unit).toArray();
    double[] floats = LongStream.range(0, n).mapToDouble(stream::unitFloat).toArray();
    for (double[] values : new double[][] {doubles, floats}) {
      assertThat(Arrays.stream(values).min().orElseThrow()).isBetween(0.0, 1e-3);
      assertThat(Arrays.stream(values).max().orElseThrow()).isLessThan(1).isGreaterThan(0.999);
      int[] bins = new int[100];
      for (double value : values) {
        bins[(int) (value * 100)]++;
      }
      // 99 degrees of freedom: above 160 once in 10^4 streams, and this stream is a fixed one
      assertThat(chiSquared(bins, n / 100.0)).isLessThan(160);
    }
  }

  @Test
  void everyBitIsSetHalfOfTheTime() {
    int n = 100_000;
    RandomStream stream = stream(2);
    int[] set = new int[64];
    for (long i = 0; i < n; i++) {
      long bits = stream.bits(i);
      for (int b = 0; b < 64; b++) {
        set[b] += (int) (bits >>> b & 1);
      }
    }
    // five standard deviations of a fair coin
    assertThat(Arrays.stream(set).boxed())
        .allSatisfy(
            count -> assertThat(count).isCloseTo(n / 2, within((int) (2.5 * Math.sqrt(n)))));
  }

  @Test
  void normalNumbersHaveTheMomentsOfANormalDistribution() {
    int n = 200_000;
    RandomStream stream = stream(3);
    double[] values = LongStream.range(0, n).mapToDouble(stream::normal).toArray();
    // five standard errors: 1, sqrt(2), sqrt(15), sqrt(96) over sqrt(n)
    assertThat(moment(values, 1)).isCloseTo(0, within(5 / Math.sqrt(n)));
    assertThat(moment(values, 2)).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
    assertThat(moment(values, 3)).isCloseTo(0, within(5 * Math.sqrt(15.0 / n)));
    assertThat(moment(values, 4)).isCloseTo(3, within(5 * Math.sqrt(96.0 / n)));
  }

  private static double moment(double[] values, int power) {
    return Arrays.stream(values).map(x -> Math.pow(x, power)).average().orElseThrow();
  }

  @Test
  void aShuffleIsAPermutationAndAllAreEquallyLikely() {
    Map<String, Integer> counts = new HashMap<>();
    int shuffles = 24_000;
    for (int epoch = 0; epoch < shuffles; epoch++) {
      int[] order = new int[4];
      RandomStream.of(5, Purpose.SHUFFLE, 0, epoch, 0).shuffle(order);
      counts.merge(Arrays.toString(order), 1, Integer::sum);
    }
    assertThat(counts).hasSize(24);
    int[] bins = counts.values().stream().mapToInt(Integer::intValue).toArray();
    // 23 degrees of freedom: above 58 once in 10^4
    assertThat(chiSquared(bins, shuffles / 24.0)).isLessThan(58);
    int[] large = new int[10_007];
    stream(6).shuffle(large);
    assertThat(large).isNotEqualTo(IntStream.range(0, large.length).toArray());
    assertThat(Arrays.stream(large).sorted().toArray())
        .isEqualTo(IntStream.range(0, large.length).toArray());
    stream(6).shuffle(new int[0]);
  }

  private static double chiSquared(int[] bins, double expected) {
    return Arrays.stream(bins)
        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
        .sum();
  }
}
