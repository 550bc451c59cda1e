package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import java.util.List;

/** A loss alone, as a function of the predictions. */
public final class LossUnderCheck implements Differentiable {
  private final PieceKernel kernel = new PieceKernel();
  private final Loss loss;
  private final float[] labels;
  private final float[] weights;
  private final Shape output;
  private final Buffer predictions;
  private final Buffer gradient;

  /**
   * @param predictions [examples, output], where the check is made; not modified
   * @param labels [examples, loss.labelWidth(output)]; not modified
   * @param weights [examples]; not modified
   */
  public LossUnderCheck(
      Loss loss, double[] predictions, float[] labels, float[] weights, Shape output) {
    this.loss = loss;
    this.labels = labels.clone();
    this.weights = weights.clone();
    this.output = output;
    this.predictions = kernel.allocate(predictions.length);
    this.predictions.write(0, predictions, predictions.length);
    this.gradient = kernel.allocate(predictions.length);
  }

  @Override
  public List<Variable> variables() {
    return List.of(new Variable("predictions", predictions.length()));
  }

  @Override
  public double get(int variable, int element) {
    return predictions.get(element);
  }

  @Override
  public void set(int variable, int element, double value) {
    predictions.set(element, value);
  }

  @Override
  public Evaluation evaluate() {
    double sum = loss.sum(kernel, predictions, labels, weights, weights.length, output);
    return new Evaluation(sum, loss.piece(predictions, labels, weights.length, output));
  }

  @Override
  public double[][] gradient() {
    loss.gradient(kernel, predictions, labels, weights, weights.length, output, gradient);
    double[] result = new double[gradient.length()];
    gradient.read(0, result, result.length);
    return new double[][] {result};
  }
}
