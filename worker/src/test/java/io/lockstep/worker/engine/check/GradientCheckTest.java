package io.lockstep.worker.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GradientCheckTest {
  private static final double[] AT = {0.3, -1.2, 2.5, 1e-4, 7};

  @Test
  void aRightGradientIsRightToEightDigits() {
    GradientReport report = check(cubes(x -> x), 10);
    assertThat(report.isRight()).isTrue();
    assertThat(report.checked()).isEqualTo(5);
    assertThat(report.worstError()).isLessThan(1e-8);
  }

  @Test
  void aGradientOffByAMillionthIsRight() {
    assertThat(check(cubes(x -> 1.0000005 * x), 10).isRight()).isTrue();
  }

  @Test
  void aGradientOffByTwoMillionthsIsWrong() {
    GradientReport report = check(cubes(x -> 1.000002 * x), 10);
    assertThat(report.isRight()).isFalse();
    assertThat(report.toString()).contains("x: 5 checked, 0 skipped at kinks, worst [");
  }

  @Test
  void aGradientThatIsNotANumberIsWrongWhereverItStands() {
    for (int bad = 0; bad < AT.length; bad++) {
      int element = bad;
      Function f = cubes(x -> x);
      GradientReport report =
          check(
              new Function(
                  f.value,
                  x -> {
                    double[] g = f.gradient.apply(x);
                    g[element] = Double.NaN;
                    return g;
                  },
                  f.piece),
              10);
      assertThat(report.isRight()).isFalse();
      assertThat(report.worstError()).isNaN();
    }
  }

  @Test
  void aMissingGradientIsWrong() {
    assertThat(check(cubes(x -> 0), 10).isRight()).isFalse();
  }

  @Test
  void coordinatesNearAKinkAreSkippedAndCounted() {
    // |x|, whose kink at 0 lies 1e-6 from one coordinate, 5e-5 and 5e-4 from two others
    double[] at = {1e-6, 5e-5, -5e-4, 1, 0};
    Function absolute =
        new Function(x -> sum(x, Math::abs), x -> map(x, Math::signum), x -> pieces(x), at.clone());
    GradientReport report = check(absolute, 10);
    assertThat(report.isRight()).isTrue();
    assertThat(report.checked()).isEqualTo(3);
    assertThat(report.skipped()).isEqualTo(2);
    assertThat(absolute.x).as("left as it was").isEqualTo(at);
  }

  @Test
  void theSeedDrawsTheCoordinates() {
    assertThat(visited(1)).hasSize(3).isEqualTo(visited(1)).isNotEqualTo(visited(2));
  }

  private static List<Integer> visited(long seed) {
    List<Integer> visited = new ArrayList<>();
    Function f =
        new Function(x -> 0, x -> new double[100], x -> 0, new double[100]) {
          @Override
          public void set(int variable, int element, double value) {
            if (!visited.contains(element)) {
              visited.add(element);
            }
            super.set(variable, element, value);
          }
        };
    new GradientCheck(seed, 3).check(f);
    return visited;
  }

  private static GradientReport check(Function f, int coordinates) {
    return new GradientCheck(3, coordinates).check(f);
  }

  /** sum of x^3, with its gradient changed. */
  private static Function cubes(java.util.function.DoubleUnaryOperator change) {
    return new Function(
        x -> sum(x, v -> v * v * v),
        x -> map(x, v -> change.applyAsDouble(3 * v * v)),
        x -> 0,
        AT.clone());
  }

  private static double sum(double[] x, java.util.function.DoubleUnaryOperator f) {
    return java.util.Arrays.stream(x).map(f).sum();
  }

  private static double[] map(double[] x, java.util.function.DoubleUnaryOperator f) {
    return java.util.Arrays.stream(x).map(f).toArray();
  }

  private static long pieces(double[] x) {
    long piece = 0;
    for (double v : x) {
      piece = 2 * piece + (v > 0 ? 1 : 0);
    }
    return piece;
  }

  private static class Function implements Differentiable {
    private final ToDoubleFunction<double[]> value;
    private final UnaryOperator<double[]> gradient;
    private final ToLongFunction<double[]> piece;
    private final double[] x;

    Function(
        ToDoubleFunction<double[]> value,
        UnaryOperator<double[]> gradient,
        ToLongFunction<double[]> piece,
        double... x) {
      this.value = value;
      this.gradient = gradient;
      this.piece = piece;
      this.x = x.length == 0 ? AT.clone() : x;
    }

    @Override
    public List<Variable> variables() {
      return List.of(new Variable("x", x.length));
    }

    @Override
    public double get(int variable, int element) {
      return x[element];
    }

    @Override
    public void set(int variable, int element, double value) {
      x[element] = value;
    }

    @Override
    public Evaluation evaluate() {
      return new Evaluation(value.applyAsDouble(x), piece.applyAsLong(x));
    }

    @Override
    public double[][] gradient() {
      return new double[][] {gradient.apply(x)};
    }
  }
}
