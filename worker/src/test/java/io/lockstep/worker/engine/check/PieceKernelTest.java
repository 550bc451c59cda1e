package io.lockstep.worker.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.PlainKernel;
import org.junit.jupiter.api.Test;

class PieceKernelTest {
  private static final int[][] SIZES = {{1, 1, 1}, {3, 5, 7}, {8, 9, 64}, {2, 65, 1}, {0, 3, 2}};

  @Test
  void aProductHasTheBitsOfThePlainKernels() {
    for (int[] size : SIZES) {
      for (Transpose a : Transpose.values()) {
        for (Transpose b : Transpose.values()) {
          for (Target target : Target.values()) {
            assertThat(product(new PieceKernel(), size, a, b, target))
                .as("%s %s %s of %s", a, b, target, size)
                .isEqualTo(product(new PlainKernel(), size, a, b, target));
          }
        }
      }
    }
  }

  /** With rows that lie further apart than they are long, and offsets. */
  private static double[] product(
      Kernel kernel, int[] size, Transpose transposeA, Transpose transposeB, Target target) {
    int m = size[0];
    int n = size[1];
    int k = size[2];
    int lda = (transposeA == Transpose.NO ? k : m) + 2;
    int ldb = (transposeB == Transpose.NO ? n : k) + 1;
    int ldc = n + 3;
    Buffer a = normals(kernel, 5 + lda * Math.max(m, k), 1);
    Buffer b = normals(kernel, 4 + ldb * Math.max(n, k), 2);
    Buffer c = normals(kernel, 3 + ldc * Math.max(m, 1), 3);
    kernel.gemm(transposeA, transposeB, m, n, k, a, 5, lda, b, 4, ldb, target, c, 3, ldc);
    double[] result = new double[c.length()];
    c.read(0, result, result.length);
    return result;
  }

  private static Buffer normals(Kernel kernel, int n, long seed) {
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 0, 0, 0);
    Buffer buffer = kernel.allocate(n);
    for (int i = 0; i < n; i++) {
      buffer.set(i, random.normal(i));
    }
    return buffer;
  }
}
