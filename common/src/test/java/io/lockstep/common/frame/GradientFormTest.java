package io.lockstep.common.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class GradientFormTest {
  /** A prime: the stride meets every exponent, sign and pattern of low bits. */
  private static final int STRIDE = 997;

  private final TestSeed seed = TestSeed.draw();

  /**
   * The nearest value of a format, by exact arithmetic in double: every float32 is a double, the
   * quotient by a power of two is exact, and {@code rint} takes ties to even.
   *
   * @param least exponent of the least normal value
   * @param fraction bits
   * @param most the largest exponent
   */
  private static double nearest(float value, int least, int fraction, int most) {
    if (!Float.isFinite(value)) {
      return value;
    }
    int exponent = Math.max(Math.getExponent((double) value), least);
    double last = Math.scalb(1.0, exponent - fraction);
    double rounded = Math.rint(value / last) * last;
    return Math.abs(rounded) >= Math.scalb(1.0, most + 1)
        ? Math.copySign(Double.POSITIVE_INFINITY, value)
        : rounded;
  }

  private static void assertFloat16(int bits) {
    float value = Float.intBitsToFloat(bits);
    short half = Float16.of(value);
    assertSame(bits, Float16.toFloat(half), nearest(value, -14, 10, 15));
    if (Float.isNaN(value)) {
      assertThat(half & 0x7fff)
          .as("NaN %08x keeps its payload, made quiet", bits)
          .isEqualTo(0x7e00 | ((bits >>> 13) & 0x3ff));
    }
  }

  private static void assertBFloat16(int bits) {
    float value = Float.intBitsToFloat(bits);
    short half = BFloat16.of(value);
    assertSame(bits, BFloat16.toFloat(half), nearest(value, -126, 7, 127));
    if (Float.isNaN(value)) {
      assertThat(half & 0xffff)
          .as("NaN %08x keeps its payload, made quiet", bits)
          .isEqualTo((bits >>> 16) | 0x40);
    }
  }

  /** Without the cost of an assertion where all is well; the signs of zeros count. */
  private static void assertSame(int bits, float found, double expected) {
    boolean same =
        Double.isNaN(expected)
            ? Float.isNaN(found)
            : Double.doubleToRawLongBits(found) == Double.doubleToRawLongBits(expected);
    if (!same) {
      assertThat((double) found).as("%08x", bits).isEqualTo(expected);
    }
  }

  private static void everyStrideAndEveryBoundary(int lowBits, IntConsumer check) {
    for (long bits = 0; bits < 1L << 32; bits += STRIDE) {
      check.accept((int) bits);
    }
    for (int upper = 0; upper < 1 << (32 - lowBits); upper++) {
      for (int near = -2; near <= 2; near++) {
        check.accept((upper << lowBits) + near);
        check.accept((upper << lowBits) + (1 << (lowBits - 1)) + near);
      }
    }
  }

  @Test
  void float16IsTheNearestValueForEveryPatternThatIsTried() {
    everyStrideAndEveryBoundary(13, GradientFormTest::assertFloat16);
  }

  @Test
  void bfloat16IsTheNearestValueForEveryPatternThatIsTried() {
    everyStrideAndEveryBoundary(16, GradientFormTest::assertBFloat16);
  }

  @Test
  void theLimitsAreThoseOfTheFormats() {
    assertThat(Float16.of(65504f)).isEqualTo((short) 0x7bff);
    assertThat(Float16.of(Math.nextDown(65520f))).isEqualTo((short) 0x7bff);
    assertThat(Float16.of(65520f)).isEqualTo((short) 0x7c00);
    assertThat(Float16.of(-Float.MAX_VALUE)).isEqualTo((short) 0xfc00);
    assertThat(Float16.of(0x1p-24f)).isEqualTo((short) 1);
    assertThat(Float16.of(0x1p-25f)).as("a tie, to even").isEqualTo((short) 0);
    assertThat(Float16.of(Math.nextUp(0x1p-25f))).isEqualTo((short) 1);
    assertThat(Float16.of(0x1.ff8p-15f)).as("the largest subnormal").isEqualTo((short) 0x3ff);
    assertThat(BFloat16.of(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(BFloat16.of(1f)).isEqualTo((short) 0x3f80);
  }

  @Test
  void everyOneOfThe65536HalvesComesBackAsItWas() {
    for (int h = 0; h < 1 << 16; h++) {
      short half = (short) h;
      boolean nan16 = (h & 0x7fff) > 0x7c00;
      assertThat(Float16.of(Float16.toFloat(half))).isEqualTo((short) (nan16 ? h | 0x0200 : h));
      boolean nanB = (h & 0x7fff) > 0x7f80;
      assertThat(BFloat16.of(BFloat16.toFloat(half))).isEqualTo((short) (nanB ? h | 0x0040 : h));
    }
  }

  @Test
  void everyHalfIsTheValueThatItsFieldsSay() {
    for (int h = 0; h < 1 << 16; h++) {
      int exponent = (h >> 10) & 31;
      int fraction = h & 0x3ff;
      double value =
          exponent == 31
              ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
              : exponent == 0
                  ? Math.scalb((double) fraction, -24)
                  : Math.scalb(1024.0 + fraction, exponent - 25);
      assertSame(h, Float16.toFloat((short) h), h >> 15 == 0 ? value : -value);
    }
  }

  @Test
  void theBlocksOfTheCodecAreThePlainConversions() {
    Random random = seed.random();
    for (GradientForm form : List.of(GradientForm.FLOAT16, GradientForm.BFLOAT16)) {
      GradientCodec codec = new GradientCodec(form);
      for (int length : new int[] {0, 1, 7, 8, 9, 63, 64, 65, 1023, 2047, 2048, 2049, 5000}) {
        for (int exponent : new int[] {0, 16, -24}) {
          int from = random.nextInt(5);
          float[] source = new float[from + length + 3];
          for (int i = 0; i < source.length; i++) {
            source[i] =
                random.nextBoolean()
                    ? Float.intBitsToFloat(random.nextInt())
                    : (float) random.nextGaussian();
          }
          ByteBuffer bytes = ByteBuffer.allocate(2 * length + 2).order(ByteOrder.LITTLE_ENDIAN);
          codec.encode(source, from, length, exponent, bytes.asShortBuffer());
          float[] decoded = new float[length];
          codec.decode(bytes.asShortBuffer(), decoded, length);
          float[] direct = new float[length];
          codec.roundTrip(source, from, length, exponent, direct);
          List<Integer> plain = new ArrayList<>();
          for (int i = 0; i < length; i++) {
            float scaled = source[from + i] * Math.scalb(1f, exponent);
            short half = form == GradientForm.FLOAT16 ? Float16.of(scaled) : BFloat16.of(scaled);
            assertThat(bytes.getShort(2 * i)).as("%s, element %d", seed, i).isEqualTo(half);
            float back =
                form == GradientForm.FLOAT16 ? Float16.toFloat(half) : BFloat16.toFloat(half);
            plain.add(Float.floatToRawIntBits(back));
          }
          assertThat(bits(decoded)).as(seed.toString()).isEqualTo(plain);
          assertThat(bits(direct)).as(seed.toString()).isEqualTo(plain);
          assertThat(bytes.getShort(2 * length)).isZero();
        }
      }
    }
  }

  private static List<Integer> bits(float[] values) {
    List<Integer> bits = new ArrayList<>();
    for (float value : values) {
      bits.add(Float.floatToRawIntBits(value));
    }
    return bits;
  }

  @Test
  void float32NeedsNoCodec() {
    assertThatThrownBy(() -> new GradientCodec(GradientForm.FLOAT32))
        .hasMessage("form must be of two bytes, got float32");
  }

  @Test
  void theNamesAreThoseOfTheConfiguration() {
    assertThat(GradientForm.keys()).containsExactly("float32", "float16", "bfloat16");
    for (GradientForm form : GradientForm.values()) {
      assertThat(GradientForm.ofKey(form.key())).isEqualTo(form);
    }
  }
}
