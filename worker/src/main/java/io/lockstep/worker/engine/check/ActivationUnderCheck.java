package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.LearnedActivation;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * sum of r_i f(x)_i: an activation alone, as a function of x and of what it learns, seen through
 * fixed numbers r.
 */
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
  private final Buffer learned;
  private final Buffer learnedGradient;

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
    int numbers = activation instanceof LearnedActivation learns ? learns.learned(columns) : 0;
    this.learned = kernel.allocate(numbers);
    this.learnedGradient = kernel.allocate(numbers);
    if (activation instanceof LearnedActivation learns) {
      for (int i = 0; i < numbers; i++) {
        learned.set(i, learns.first() + 0.125 * i); // different ones tell columns apart
      }
    }
    for (int i = 0; i < rows * columns; i++) {
      this.x.set(i, x[i]);
    }
  }

  @Override
  public List<Variable> variables() {
    List<Variable> variables = new ArrayList<>(List.of(new Variable("x", rows * columns)));
    if (activation instanceof LearnedActivation learns) {
      variables.add(new Variable(learns.suffix(), learned.length()));
    }
    return variables;
  }

  @Override
  public double get(int variable, int element) {
    return (variable == 0 ? x : learned).get(element);
  }

  @Override
  public void set(int variable, int element, double value) {
    (variable == 0 ? x : learned).set(element, value);
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
    if (activation instanceof LearnedActivation learns) {
      learns.backward(
          kernel, in, learned, gradient, gradient, Target.SET, learnedGradient, rows, columns);
      return new double[][] {numbers(gradient), numbers(learnedGradient)};
    }
    activation.backward(kernel, in, y, gradient, gradient, rows, columns);
    return new double[][] {numbers(gradient)};
  }

  private static double[] numbers(Buffer buffer) {
    double[] numbers = new double[buffer.length()];
    buffer.read(0, numbers, numbers.length);
    return numbers;
  }

  private void forward() {
    kernel.clear();
    kernel.copy(x, in, rows * columns);
    if (activation instanceof LearnedActivation learns) {
      learns.forward(kernel, in, learned, y, rows, columns);
    } else {
      activation.forward(kernel, in, y, rows, columns);
    }
  }
}
