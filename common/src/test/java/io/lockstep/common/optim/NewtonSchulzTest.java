package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.TestSeed;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Products of matrices against plain loops, and what the iterations make of singular values. */
class NewtonSchulzTest {
  private static final double[] COEFFICIENTS = {3.4445, -4.7750, 2.0315};

  private static float[][] random(Random random, int rows, int columns) {
    float[][] matrix = new float[rows + 1][columns + 3]; // longer than what is used
    for (float[] row : matrix) {
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) random.nextGaussian();
      }
    }
    return matrix;
  }

  @Test
  void productsAreThoseOfThePlainLoopInTheDocumentedOrder() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    int[] extents = {1, 3, 4, 9, 31, 65, 130};
    for (int m : extents) {
      for (int n : extents) {
        int p = n == 9 ? 1030 : extents[random.nextInt(extents.length)];
        float[][] a = random(random, m, n);
        float[][] b = random(random, n, p);
        float[][] c = random(random, m, p);
        float behind = c[0][p];
        RowMatrix.multiply(m, n, p, a, b, c);
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < p; j++) {
            assertThat(c[i][j])
                .as("%s: [%d][%d] of %d x %d x %d", seed, i, j, m, n, p)
                .isEqualTo(element(n, a[i], b, j));
          }
        }
        assertThat(c[0][p]).as("behind the matrix").isEqualTo(behind);
      }
    }
  }

  private static float element(int n, float[] a, float[][] b, int j) {
    float c = 0;
    int k = 0;
    for (; k <= n - 4; k += 4) {
      c +=
          (a[k] * b[k][j] + a[k + 1] * b[k + 1][j])
              + (a[k + 2] * b[k + 2][j] + a[k + 3] * b[k + 3][j]);
    }
    for (; k < n; k++) {
      c += a[k] * b[k][j];
    }
    return c;
  }

  @Test
  void aSymmetricProductHasTheBitsOfTheWholeOne() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int m : new int[] {1, 5, 64, 523}) {
      int n = 1 + random.nextInt(70);
      float[][] a = random(random, m, n);
      float[][] transposed = new float[n][m];
      RowMatrix.transpose(m, n, a, transposed);
      float[][] whole = new float[m][m];
      float[][] half = new float[m][m];
      RowMatrix.multiply(m, n, m, a, transposed, whole);
      RowMatrix.multiplySymmetric(m, n, a, transposed, half);
      assertThat(half).as("%s: %d x %d", seed, m, n).isDeepEqualTo(whole);
    }
  }

  /** In double, by the formula alone. */
  private static double[] plain(int rows, int columns, float[] matrix, int iterations) {
    double norm =
        Math.sqrt(IntStream.range(0, matrix.length).mapToDouble(i -> matrix[i] * matrix[i]).sum());
    double[] x = IntStream.range(0, matrix.length).mapToDouble(i -> matrix[i] / norm).toArray();
    for (int t = 0; t < iterations; t++) {
      double[] gram = new double[rows * rows];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < rows; j++) {
          for (int k = 0; k < columns; k++) {
            gram[i * rows + j] += x[i * columns + k] * x[j * columns + k];
          }
        }
      }
      double[] b = new double[rows * rows];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < rows; j++) {
          double square = 0;
          for (int k = 0; k < rows; k++) {
            square += gram[i * rows + k] * gram[k * rows + j];
          }
          b[i * rows + j] = COEFFICIENTS[1] * gram[i * rows + j] + COEFFICIENTS[2] * square;
        }
      }
      double[] next = new double[x.length];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          next[i * columns + j] = COEFFICIENTS[0] * x[i * columns + j];
          for (int k = 0; k < rows; k++) {
            next[i * columns + j] += b[i * rows + k] * x[k * columns + j];
          }
        }
      }
      x = next;
    }
    return x;
  }

  @Test
  void iterationsFollowTheFormulaForWideHighAndSquareMatricesInOneWorkspace() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    NewtonSchulz newtonSchulz = new NewtonSchulz(5, COEFFICIENTS, 1e-7);
    for (int[] shape : new int[][] {{7, 13}, {13, 7}, {40, 40}, {1, 9}, {9, 1}, {3, 50}}) {
      int n = shape[0] * shape[1];
      float[] matrix = new float[n];
      for (int i = 0; i < n; i++) {
        matrix[i] = (float) random.nextGaussian();
      }
      double[] expected = plain(shape[0], shape[1], matrix, 5);
      newtonSchulz.orthogonalize(shape[0], shape[1], matrix);
      for (int i = 0; i < n; i++) {
        // five iterations whose slope is up to 3.4 each grow the rounding of float32
        assertThat((double) matrix[i])
            .as("%s: element %d of %d x %d", seed, i, shape[0], shape[1])
            .isCloseTo(expected[i], within(2e-4));
      }
    }
  }

  @Test
  void aZeroMatrixStaysZero() {
    float[] matrix = new float[12];
    new NewtonSchulz(5, COEFFICIENTS, 1e-7).orthogonalize(3, 4, matrix);
    assertThat(matrix).containsOnly(0f);
  }

  @Test
  void singularValuesComeNearOne() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    int rows = 20;
    int columns = 50;
    float[] matrix = new float[rows * columns];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = (float) random.nextGaussian();
    }
    new NewtonSchulz(5, COEFFICIENTS, 1e-7).orthogonalize(rows, columns, matrix);
    for (int turn = 0; turn < 20; turn++) {
      double[] direction = random.doubles(rows, -1, 1).toArray();
      double squares = 0;
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
          sum += direction[i] * matrix[i * columns + j];
        }
        squares += sum * sum;
      }
      double length = 0;
      for (double d : direction) {
        length += d * d;
      }
      assertThat(Math.sqrt(squares / length)).as(seed.toString()).isBetween(0.65, 1.25);
    }
  }
}
