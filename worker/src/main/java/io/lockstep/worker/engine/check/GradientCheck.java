package io.lockstep.worker.engine.check;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.check.Differentiable.Evaluation;
import io.lockstep.worker.engine.check.Differentiable.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a gradient with central differences of fourth order,
 *
 * <pre>{@code f'(x) = (8 (f(x + h) - f(x - h)) - (f(x + 2h) - f(x - 2h))) / 12 h + O(h^4)}</pre>
 *
 * with h = 1e-3, which leaves about 13 digits of f's own in float64 where the one of second order
 * leaves 10. Where the four points do not lie on one smooth piece of f, h = 1e-4 and 1e-5 are
 * tried; a coordinate that still has a kink in reach is skipped and counted.
 *
 * <p>The error of a coordinate is |gradient - difference| over the larger of the two, or over what
 * rounding alone can make of f ({@value #ROUNDINGS} units of the last place) where both are smaller
 * than could be told apart at the tolerance.
 */
public final class GradientCheck {
  /** The relative error that a right gradient stays below. */
  public static final double TOLERANCE = 1e-6;

  private static final double[] STEPS = {1e-3, 1e-4, 1e-5};
  private static final double ROUNDINGS = 64;

  private final long seed;
  private final int coordinates;

  /**
   * @param seed draws the coordinates
   * @param coordinates how many are drawn of a tensor; all of a tensor that has no more
   */
  public GradientCheck(long seed, int coordinates) {
    this.seed = seed;
    this.coordinates = coordinates;
  }

  /** Checks every tensor; leaves the tensors as they were. */
  public GradientReport check(Differentiable f) {
    double[][] gradient = f.gradient();
    Evaluation here = f.evaluate();
    List<GradientReport.Tensor> tensors = new ArrayList<>();
    for (int v = 0; v < f.variables().size(); v++) {
      tensors.add(check(f, v, gradient[v], here));
    }
    return new GradientReport(tensors);
  }

  private GradientReport.Tensor check(
      Differentiable f, int variable, double[] gradient, Evaluation here) {
    Variable tensor = f.variables().get(variable);
    GradientReport.Coordinate worst = new GradientReport.Coordinate(-1, 0, 0, 0);
    int checked = 0;
    int skipped = 0;
    for (int element : draw(variable, tensor.size())) {
      GradientReport.Coordinate found = compare(f, variable, element, gradient[element], here);
      if (found == null) {
        skipped++;
        continue;
      }
      checked++;
      double error = found.error();
      if (worst.element() < 0 || Double.isNaN(error) || error > worst.error()) {
        worst = found;
      }
    }
    return new GradientReport.Tensor(tensor.name(), checked, skipped, worst);
  }

  /** So many different elements, in ascending order. */
  private int[] draw(int variable, int size) {
    int[] order = new int[size];
    RandomStream.of(seed, Purpose.GRADIENT_CHECK, variable, 0, 0).shuffle(order);
    int[] drawn = Arrays.copyOf(order, Math.min(coordinates, size));
    Arrays.sort(drawn);
    return drawn;
  }

  /** The comparison at the step that fits best; null where each has a kink in reach. */
  private static GradientReport.@Nullable Coordinate compare(
      Differentiable f, int variable, int element, double gradient, Evaluation here) {
    double x = f.get(variable, element);
    GradientReport.Coordinate best = null;
    for (double step : STEPS) {
      Difference difference = difference(f, variable, element, x, step, here);
      if (difference == null) {
        continue;
      }
      double error = difference.error(gradient);
      if (best == null || error < best.error()) {
        best = new GradientReport.Coordinate(element, gradient, difference.slope, error);
      }
      if (error <= TOLERANCE) {
        break;
      }
    }
    f.set(variable, element, x);
    return best;
  }

  private static @Nullable Difference difference(
      Differentiable f, int variable, int element, double x, double h, Evaluation here) {
    double[] values = new double[4];
    double largest = Math.abs(here.value());
    int[] offsets = {-2, -1, 1, 2};
    for (int i = 0; i < offsets.length; i++) {
      f.set(variable, element, x + offsets[i] * h);
      Evaluation there = f.evaluate();
      if (there.piece() != here.piece()) {
        return null;
      }
      values[i] = there.value();
      largest = Math.max(largest, Math.abs(there.value()));
    }
    double slope = (8 * (values[2] - values[1]) - (values[3] - values[0])) / (12 * h);
    return new Difference(slope, ROUNDINGS * Math.ulp(largest) / h);
  }

  /**
   * @param slope by differences
   * @param noise what rounding can make of it
   */
  private record Difference(double slope, double noise) {
    double error(double gradient) {
      double scale = Math.max(Math.max(Math.abs(gradient), Math.abs(slope)), noise / TOLERANCE);
      return scale == 0 ? 0 : Math.abs(gradient - slope) / scale;
    }
  }
}
