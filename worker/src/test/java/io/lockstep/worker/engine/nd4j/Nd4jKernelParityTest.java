package io.lockstep.worker.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Divisor;
import io.lockstep.worker.engine.kernel.Kernel.Mask;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.kernel.Window;
import io.lockstep.worker.engine.kernel.Winograd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation of the float32 kernel against the plain float64 one, on the same numbers. */
class Nd4jKernelParityTest {
  private static final int[] LENGTHS = {0, 1, 7, 8, 9, 63, 64, 65, 1023, 2047, 2048, 2049, 5000};

  private final Kernel fast = new Nd4jKernel();
  private final Kernel plain = new PlainKernel();
  private final RandomStream random =
      RandomStream.of(TestSeed.draw().value(), Purpose.GRADIENT_CHECK, 0, 0, 0);
  private long drawn;

  @AfterEach
  void giveBack() {
    fast.close();
  }

  /** The same numbers for both kernels. */
  private record Pair(Buffer fast, Buffer plain) {}

  private Pair numbers(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = 2 * random.unitFloat(drawn++) - 1;
    }
    return pair(values);
  }

  private Pair pair(float[] values) {
    Pair pair = new Pair(fast.allocate(values.length), plain.allocate(values.length));
    pair.fast().write(0, values, 0, values.length);
    pair.plain().write(0, values, 0, values.length);
    return pair;
  }

  /** Within the rounding of a float32 sum of {@code terms} numbers of size 1. */
  private static void assertSame(Pair pair, int terms) {
    for (int i = 0; i < pair.plain().length(); i++) {
      double expected = pair.plain().get(i);
      assertThat(Math.abs(pair.fast().get(i) - expected))
          .as("element %d: got %s for %s", i, pair.fast().get(i), expected)
          .isLessThanOrEqualTo(6e-8 * (2 + 2 * terms) * Math.max(1, Math.abs(expected)));
    }
  }

  /** Runs of 2^14 squares in at least eight lanes of float32: each lane rounds 2^11 times. */
  @Test
  void sumsOfSquaresAgreeToSixDigitsOverAwkwardLengths() {
    for (int n : new int[] {0, 1, 7, 8, 9, 63, 64, 65, 1023, 1 << 14, (1 << 14) + 1, 100_003}) {
      Pair x = numbers(n);
      double expected = plain.squares(x.plain(), n);
      assertThat(fast.squares(x.fast(), n)).isCloseTo(expected, within(1e-6 * expected));
    }
  }

  @Test
  void elementwiseOperationsAgreeOverAwkwardLengths() {
    for (int n : LENGTHS) {
      Pair x = numbers(n);
      Pair y = numbers(n);
      Pair z = numbers(n);
      fast.add(x.fast(), y.fast(), z.fast(), n);
      plain.add(x.plain(), y.plain(), z.plain(), n);
      assertSame(z, 2);
      fast.multiplyAdd(x.fast(), y.fast(), z.fast(), n);
      plain.multiplyAdd(x.plain(), y.plain(), z.plain(), n);
      assertSame(z, 4);
      fast.multiply(x.fast(), y.fast(), z.fast(), n);
      plain.multiply(x.plain(), y.plain(), z.plain(), n);
      assertSame(z, 1);
      fast.affine(0.75, x.fast(), -2, x.fast(), n);
      plain.affine(0.75, x.plain(), -2, x.plain(), n);
      assertSame(x, 2);
      fast.copy(x.fast(), y.fast(), n);
      plain.copy(x.plain(), y.plain(), n);
      assertSame(y, 2);
      fast.fill(0.3, z.fast(), n);
      plain.fill(0.3, z.plain(), n);
      assertSame(z, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.5})
  void reluAndItsGradientAgreeAlsoForTheLeastNumbers(double slope) {
    for (int n : LENGTHS) {
      Pair x = numbers(n);
      Pair dy = numbers(n);
      fast.relu(slope, x.fast(), x.fast(), n);
      plain.relu(slope, x.plain(), x.plain(), n);
      assertSame(x, 1);
      fast.reluGradient(slope, x.fast(), dy.fast(), dy.fast(), n);
      plain.reluGradient(slope, x.plain(), dy.plain(), dy.plain(), n);
      assertSame(dy, 1);
    }
    Pair edges = pair(new float[] {0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 3e38f, -3e38f});
    Pair ones = pair(new float[] {1, 1, 1, 1, 1, 1});
    fast.reluGradient(slope, edges.fast(), ones.fast(), ones.fast(), 6);
    plain.reluGradient(slope, edges.plain(), ones.plain(), ones.plain(), 6);
    assertSame(ones, 0);
  }

  @Test
  void reluLetsNotANumberThrough() {
    Pair x = pair(new float[] {Float.NaN, 1});
    fast.relu(0, x.fast(), x.fast(), 2);
    assertThat(x.fast().get(0)).isNaN();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10, 65, 2049})
  void softmaxAndItsGradientAgree(int columns) {
    Pair x = numbers(3 * columns);
    Pair dy = numbers(3 * columns);
    fast.softmax(x.fast(), x.fast(), 3, columns);
    plain.softmax(x.plain(), x.plain(), 3, columns);
    assertSame(x, 1);
    fast.softmaxGradient(x.fast(), dy.fast(), dy.fast(), 3, columns);
    plain.softmaxGradient(x.plain(), dy.plain(), dy.plain(), 3, columns);
    assertSame(dy, 2);
  }

  @ParameterizedTest
  @EnumSource(Mask.class)
  void attentionWeightsAndTheirGradientAgree(Mask mask) {
    int[] lengths = {1, 2, 7, 63, 64, 65, 130};
    for (int keys : lengths) {
      for (int queries : lengths) {
        Pair scores = numbers(5 + keys * queries);
        Pair gradient = numbers(3 + keys * queries);
        fast.attentionWeights(0.7, mask, keys, queries, scores.fast(), 5);
        plain.attentionWeights(0.7, mask, keys, queries, scores.plain(), 5);
        assertSame(scores, 4);
        fast.attentionWeightsGradient(0.7, keys, queries, scores.fast(), 5, gradient.fast(), 3);
        plain.attentionWeightsGradient(0.7, keys, queries, scores.plain(), 5, gradient.plain(), 3);
        assertSame(gradient, 4);
      }
    }
  }

  @Test
  void attentionGivesAnUnseenKeyNothingHoweverLargeItsScore() {
    Pair scores = pair(new float[] {1, 1000, 3e38f, -1000});
    fast.attentionWeights(1, Mask.CAUSAL, 2, 2, scores.fast(), 0);
    plain.attentionWeights(1, Mask.CAUSAL, 2, 2, scores.plain(), 0);
    for (Buffer weights : List.of(scores.fast(), scores.plain())) {
      assertThat(weights.get(0)).isEqualTo(1);
      assertThat(weights.get(2)).isZero();
      assertThat(weights.get(1)).isEqualTo(1);
      assertThat(weights.get(3)).isZero();
    }
  }

  @Test
  void rowsAreGatheredAndAddedBackWhereTheyRepeat() {
    int[] rows = {3, 0, 3, 3, 1, 0};
    for (int width : new int[] {1, 7, 64, 65}) {
      Pair table = numbers(4 * width);
      Pair y = numbers(6 * width);
      Pair untouched = pair(new float[4 * width]);
      fast.gather(table.fast(), rows, 6, width, y.fast());
      plain.gather(table.plain(), rows, 6, width, y.plain());
      assertSame(y, 0);
      fast.scatterAdd(y.fast(), rows, 5, width, untouched.fast());
      plain.scatterAdd(y.plain(), rows, 5, width, untouched.plain());
      assertSame(untouched, 3);
      assertThat(untouched.fast().get(2 * width)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void productsAgreeInEveryFormAndOnPartsOfMatrices(Target target) {
    int[][] shapes = {{1, 1, 1}, {3, 5, 7}, {32, 10, 64}, {65, 33, 17}, {7, 64, 129}};
    for (int[] shape : shapes) {
      for (Transpose a : Transpose.values()) {
        for (Transpose b : Transpose.values()) {
          product(target, a, b, shape[0], shape[1], shape[2]);
        }
      }
    }
  }

  private void product(Target target, Transpose a, Transpose b, int m, int n, int k) {
    int lda = (a == Transpose.NO ? k : m) + 3;
    int ldb = (b == Transpose.NO ? n : k) + 2;
    int ldc = n + 1;
    Pair x = numbers(5 + (a == Transpose.NO ? m : k) * lda);
    Pair y = numbers(4 + (b == Transpose.NO ? k : n) * ldb);
    Pair z = numbers(6 + m * ldc);
    fast.gemm(a, b, m, n, k, x.fast(), 5, lda, y.fast(), 4, ldb, target, z.fast(), 6, ldc);
    plain.gemm(a, b, m, n, k, x.plain(), 5, lda, y.plain(), 4, ldb, target, z.plain(), 6, ldc);
    assertSame(z, k);
  }

  @Test
  void rowsAreRepeatedAndSummed() {
    for (int rows : new int[] {1, 2, 33, 300}) {
      for (int columns : new int[] {1, 7, 64, 1023, 2049}) {
        Pair vector = numbers(columns + 3);
        Pair matrix = numbers(rows * columns);
        fast.sumRows(matrix.fast(), rows, columns, Target.ADD, vector.fast(), 3);
        plain.sumRows(matrix.plain(), rows, columns, Target.ADD, vector.plain(), 3);
        assertSame(vector, rows);
        fast.sumRows(matrix.fast(), rows, columns, Target.SET, vector.fast(), 0);
        plain.sumRows(matrix.plain(), rows, columns, Target.SET, vector.plain(), 0);
        assertSame(vector, rows);
        fast.repeatRow(vector.fast(), 3, matrix.fast(), rows, columns);
        plain.repeatRow(vector.plain(), 3, matrix.plain(), rows, columns);
        assertSame(matrix, rows);
      }
    }
  }

  /**
   * Sums of numbers in [-1, 1], most in float32 over sixteen blocks and then in halves: an error of
   * 1e-6 a number is generous, and a row that is left out or counted twice is seen.
   */
  @Test
  void sumsOverColumnsAgreeOverAwkwardNumbersOfRows() {
    for (int columns : new int[] {1, 3, 16, 20, 65, 1025}) {
      for (int rows : new int[] {0, 1, 2, 3, 63, 64, 65, 1031}) {
        Pair x = numbers(5 + rows * columns);
        Pair dy = numbers(5 + rows * columns);
        double[][] of = new double[4][columns];
        double[][] expected = new double[4][columns];
        fast.moments(x.fast(), 5, rows, columns, of[0], of[1]);
        plain.moments(x.plain(), 5, rows, columns, expected[0], expected[1]);
        double[] centre = new double[columns];
        Arrays.fill(centre, 0.25);
        fast.columnProducts(dy.fast(), x.fast(), 5, rows, columns, centre, of[2], of[3]);
        plain.columnProducts(
            dy.plain(), x.plain(), 5, rows, columns, centre, expected[2], expected[3]);
        for (int i = 0; i < 4; i++) {
          double scale = i < 2 ? 1 : Math.max(1, rows);
          for (int c = 0; c < columns; c++) {
            assertThat(of[i][c])
                .as("%d of column %d of %d, %d rows", i, c, columns, rows)
                .isCloseTo(expected[i][c], within(1e-6 * scale));
          }
        }
      }
    }
  }

  @Test
  void transposingAgreesAndIsUndoneByTransposing() {
    Pair x = numbers(3 * 5 * 7);
    Pair y = numbers(3 * 5 * 7);
    fast.transpose(x.fast(), y.fast(), 3, 5, 7);
    plain.transpose(x.plain(), y.plain(), 3, 5, 7);
    assertSame(y, 0);
    Pair back = numbers(3 * 5 * 7);
    fast.transpose(y.fast(), back.fast(), 3, 7, 5);
    assertSame(new Pair(back.fast(), x.plain()), 0);
  }

  static List<Window> paddedWindows() {
    List<Window> windows = new ArrayList<>(windows());
    windows.add(new Window(5, 4, 3, 3, 3, 1, 1, 1, 1, 5, 4));
    windows.add(new Window(6, 7, 2, 5, 4, 2, 3, 2, 1, 3, 3));
    windows.add(new Window(4, 4, 9, 2, 2, 1, 1, 0, 0, 4, 4));
    windows.add(new Window(7, 8, 3, 3, 2, 1, 2, 2, 3, 2, 1, 7, 4));
    windows.add(new Window(1, 9, 5, 1, 3, 1, 1, 1, 4, 0, 8, 1, 9));
    windows.add(new Window(5, 8, 9, 3, 3, 2, 2, 1, 1, 3, 4));
    windows.add(new Window(4, 9, 8, 2, 2, 1, 3, 0, 1, 3, 4));
    windows.add(new Window(6, 11, 8, 3, 3, 2, 2, 2, 3, 2, 2, 3, 5));
    windows.add(new Window(5, 9, 3, 1, 5, 2, 3, 0, 2, 3, 3));
    return windows;
  }

  static List<Window> pooledWindows() {
    List<Window> windows = new ArrayList<>(windows());
    windows.add(new Window(5, 4, 3, 3, 3, 2, 2, 1, 1, 3, 2));
    windows.add(new Window(4, 6, 9, 3, 2, 1, 2, 2, 1, 6, 4));
    windows.add(new Window(1, 7, 2, 1, 4, 1, 3, 0, 3, 1, 4));
    return windows;
  }

  static List<Window> windows() {
    return List.of(
        new Window(1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1),
        new Window(28, 28, 1, 5, 5, 1, 1, 0, 0, 24, 24),
        new Window(6, 6, 20, 2, 2, 2, 2, 0, 0, 3, 3),
        new Window(7, 5, 3, 3, 2, 2, 1, 0, 0, 3, 4),
        new Window(5, 6, 8, 3, 3, 1, 1, 0, 0, 3, 4),
        new Window(4, 9, 2, 2, 3, 3, 4, 0, 0, 1, 2));
  }

  @ParameterizedTest
  @MethodSource("paddedWindows")
  void unfoldingAndFoldingAgree(Window w) {
    Pair images = numbers(2 + 3 * w.imageSize());
    Pair columns = numbers(3 * w.positions() * w.rowSize());
    fast.unfold(w, images.fast(), 2, 3, columns.fast());
    plain.unfold(w, images.plain(), 2, 3, columns.plain());
    assertSame(columns, 0);
    fast.fold(w, columns.fast(), 3, images.fast(), 2);
    plain.fold(w, columns.plain(), 3, images.plain(), 2);
    assertSame(images, w.places());
  }

  @ParameterizedTest
  @MethodSource("pooledWindows")
  void poolsAndTheirGradientsAgree(Window w) {
    Pair x = numbers(3 * w.imageSize());
    Pair y = numbers(3 * w.outSize());
    Pair dy = numbers(3 * w.outSize());
    Pair dx = numbers(3 * w.imageSize());
    for (Divisor divisor : Divisor.values()) {
      fast.averagePool(w, divisor, x.fast(), 3, y.fast());
      plain.averagePool(w, divisor, x.plain(), 3, y.plain());
      assertSame(y, w.places());
      fast.averagePoolGradient(w, divisor, dy.fast(), 3, dx.fast());
      plain.averagePoolGradient(w, divisor, dy.plain(), 3, dx.plain());
      assertSame(dx, w.places());
    }
    fast.maxPool(w, x.fast(), 3, y.fast());
    plain.maxPool(w, x.plain(), 3, y.plain());
    assertSame(y, 0);
    fast.maxPoolGradient(w, x.fast(), y.fast(), dy.fast(), 3, dx.fast());
    plain.maxPoolGradient(w, x.plain(), y.plain(), dy.plain(), 3, dx.plain());
    assertSame(dx, w.places());
  }

  @ParameterizedTest
  @MethodSource("paddedWindows")
  void depthwiseConvolutionsAndTheirGradientsAgree(Window w) {
    for (int multiplier : new int[] {1, 3}) {
      int filters = w.channels() * multiplier;
      for (int count : new int[] {0, 1, 3}) {
        Pair x = numbers(count * w.imageSize());
        Pair weights = numbers(filters * w.places());
        Pair z = numbers(count * w.positions() * filters);
        Pair dz = numbers(count * w.positions() * filters);
        fast.depthwise().forward(w, multiplier, x.fast(), weights.fast(), count, z.fast());
        plain.depthwise().forward(w, multiplier, x.plain(), weights.plain(), count, z.plain());
        assertSame(z, w.places());
        fast.depthwise().inputGradient(w, multiplier, weights.fast(), dz.fast(), count, x.fast());
        plain
            .depthwise()
            .inputGradient(w, multiplier, weights.plain(), dz.plain(), count, x.plain());
        assertSame(x, w.places() * multiplier);
        fast.depthwise().weightGradient(w, multiplier, x.fast(), dz.fast(), count, weights.fast());
        plain
            .depthwise()
            .weightGradient(w, multiplier, x.plain(), dz.plain(), count, weights.plain());
        assertSame(weights, 2 * w.places() * multiplier * count * w.positions());
      }
    }
  }

  static List<Window> windowsInTiles() {
    return List.of(
        new Window(1, 1, 1, 3, 3, 1, 1, 1, 1, 1, 1),
        new Window(3, 3, 2, 3, 3, 1, 1, 0, 0, 1, 1),
        new Window(5, 8, 9, 3, 3, 1, 1, 1, 1, 5, 8),
        new Window(6, 7, 3, 3, 3, 1, 1, 0, 0, 4, 5),
        new Window(4, 3, 8, 3, 3, 1, 1, 3, 2, 8, 5),
        new Window(9, 9, 2, 3, 3, 1, 1, 0, 0, 4, 3),
        new Window(1, 1, 1, 5, 5, 1, 1, 2, 2, 1, 1),
        new Window(7, 6, 3, 5, 5, 1, 1, 0, 0, 3, 2),
        new Window(5, 8, 9, 5, 5, 1, 1, 2, 2, 5, 8),
        new Window(3, 4, 2, 5, 5, 1, 1, 4, 3, 7, 5),
        new Window(12, 11, 2, 5, 5, 1, 1, 0, 0, 4, 3),
        // so wide that only some of the rows of tiles are put together
        new Window(21, 280, 4, 3, 3, 1, 1, 1, 1, 21, 280),
        new Window(11, 150, 4, 5, 5, 1, 1, 2, 2, 11, 150));
  }

  /** Each matrix of a transform multiplies errors by at most the sums of its rows, 10 to 19. */
  @ParameterizedTest
  @MethodSource("windowsInTiles")
  void transformsOfWinogradAgree(Window w) {
    int filters = 5;
    for (int count : new int[] {0, 1, 3}) {
      int tiles = Winograd.ELEMENTS * count * Winograd.tiles(w);
      Pair x = numbers(2 + count * w.imageSize());
      Pair v = numbers(tiles * w.channels());
      fast.winograd().input(w, x.fast(), 2, count, v.fast());
      plain.winograd().input(w, x.plain(), 2, count, v.plain());
      assertSame(v, 100);
      Pair dv = numbers(tiles * w.channels());
      fast.winograd().inputGradient(w, dv.fast(), count, x.fast(), 2);
      plain.winograd().inputGradient(w, dv.plain(), count, x.plain(), 2);
      assertSame(x, 400);
      Pair m = numbers(tiles * filters);
      Pair z = numbers(count * w.positions() * filters);
      for (Target target : Target.values()) {
        fast.winograd().output(w, filters, m.fast(), count, target, z.fast());
        plain.winograd().output(w, filters, m.plain(), count, target, z.plain());
        assertSame(z, 400);
      }
      Pair dz = numbers(count * w.positions() * filters);
      fast.winograd().outputGradient(w, filters, dz.fast(), count, m.fast());
      plain.winograd().outputGradient(w, filters, dz.plain(), count, m.plain());
      assertSame(m, 225);
    }
  }

  /** 700 filters of 5 channels are more than are worked on at once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 5, 700})
  void transformsOfWinogradsWeightsAgree(int filters) {
    for (int side : new int[] {3, 5}) {
      Window w = new Window(8, 8, 5, side, side, 1, 1, 0, 0, 9 - side, 9 - side);
      Pair weights = numbers(filters * w.rowSize());
      Pair u = numbers(Winograd.ELEMENTS * filters * w.channels());
      fast.winograd().filter(w, filters, weights.fast(), u.fast());
      plain.winograd().filter(w, filters, weights.plain(), u.plain());
      assertSame(u, w.places());
      Pair du = numbers(Winograd.ELEMENTS * filters * w.channels());
      fast.winograd().filterGradient(w, filters, du.fast(), weights.fast());
      plain.winograd().filterGradient(w, filters, du.plain(), weights.plain());
      assertSame(weights, Winograd.ELEMENTS);
    }
  }

  @Test
  void columnsOfMatricesAreCopied() {
    Pair x = numbers(2 + 4 * 7);
    Pair y = numbers(3 + 4 * 5);
    fast.copyColumns(4, 3, x.fast(), 2, 7, y.fast(), 3, 5);
    plain.copyColumns(4, 3, x.plain(), 2, 7, y.plain(), 3, 5);
    assertSame(y, 0);
  }

  @Test
  void ofEqualNumbersTheFirstTakesTheGradient() {
    Window w = new Window(2, 2, 8, 2, 2, 2, 2, 0, 0, 1, 1);
    Pair x = pair(new float[32]);
    Pair y = pair(new float[8]);
    Pair dy = pair(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    Pair dx = numbers(32);
    fast.maxPoolGradient(w, x.fast(), y.fast(), dy.fast(), 1, dx.fast());
    plain.maxPoolGradient(w, x.plain(), y.plain(), dy.plain(), 1, dx.plain());
    assertSame(dx, 0);
    assertThat(dx.fast().get(3)).isEqualTo(4);
    assertThat(dx.fast().get(8 + 3)).isZero();
  }

  @Test
  void viewsShareMemory() {
    Pair x = numbers(100);
    x.fast().view(10, 20).view(5, 5).set(2, 42);
    assertThat(x.fast().get(17)).isEqualTo(42);
    fast.fill(1, x.fast().view(90, 10), 10);
    assertThat(x.fast().get(90)).isEqualTo(1);
    assertThat(x.fast().get(89)).isNotEqualTo(1);
  }
}
