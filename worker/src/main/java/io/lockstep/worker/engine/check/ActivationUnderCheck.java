package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Buffer;
import java.util.List;

/** sum of r_i f(x)_i: an activation alone, seen through fixed numbers r. */
public final class ActivationUnderCheck implements Differentiable {
  private final PieceKernel kernel = new PieceKernel();
  private final Activation activation;
  private final int rows;
  private final int columns;
  private final double[] r;
  private final Buffer x;
  private final Buffer in;
  private final Buffer y;
  private final Buffer gradient;

  /**
   * @param x [rows, columns], where the check is made; not modified
   * @param r [rows, columns], what the outputs are multiplied with; not modified
   */
  public ActivationUnderCheck(
      Activation activation, double[] x, double[] r, int rows, int columns) {
    this.activation = activation;
    this.rows = rows;
    this.columns = columns;
    this.r = r.clone();
    this.x = kernel.allocate(rows * columns);
    this.in = kernel.allocate(rows * columns);
    this.y = activation.inPlace() ? in : kernel.allocate(rows * columns);
    this.gradient = kernel.allocate(rows * columns);
    for (int i = 0; i < rows * columns; i++) {
      this.x.set(i, x[i]);
    }
  }

  @Override
  public List<Variable> variables() {
    return List.of(new Variable("x", rows * columns));
  }

  @Override
  public double get(int variable, int element) {
    return x.get(element);
  }

  @Override
  public void set(int variable, int element, double value) {
    x.set(element, value);
  }

  @Override
  public Evaluation evaluate() {
    forward();
    double sum = 0;
    for (int i = 0; i < rows * columns; i++) {
      sum += r[i] * y.get(i);
    }
    return new Evaluation(sum, kernel.piece());
  }

  @Override
  public double[][] gradient() {
    forward();
    for (int i = 0; i < rows * columns; i++) {
      gradient.set(i, r[i]);
    }
    activation.backward(kernel, in, y, gradient, gradient, rows, columns);
    double[] result = new double[rows * columns];
    gradient.read(0, result, result.length);
    return new double[][] {result};
  }

  private void forward() {
    kernel.clear();
    kernel.copy(x, in, rows * columns);
    activation.forward(kernel, in, y, rows, columns);
  }
}
