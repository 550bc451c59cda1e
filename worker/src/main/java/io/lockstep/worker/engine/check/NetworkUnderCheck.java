package io.lockstep.worker.engine.check;

import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.loss.Loss;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sum of a slice's losses as a function of a network's parameters, in training: the layers, the
 * order of the graph and the loss are those that train, only the numbers are float64.
 */
public final class NetworkUnderCheck implements Differentiable {
  private final PieceKernel kernel = new PieceKernel();
  private final Graph graph;
  private final Loss loss;
  private final Execution execution;
  private final Buffer parameters;
  private final Pass pass;

  /** The tensors that have a gradient: all but running statistics. */
  private final List<Integer> trained;

  private final float[] features;
  private final float[] labels;
  private final float[] weights;

  /**
   * @param parameters [graph.size()], where the check is made; not modified
   * @param features [examples, input], images channel by channel; not modified
   * @param labels [examples, loss.labelWidth(output)]; not modified
   * @param weights [examples]; not modified
   * @param pass how many examples, and what keys the network's random numbers
   */
  public NetworkUnderCheck(
      Graph graph,
      Loss loss,
      float[] parameters,
      float[] features,
      float[] labels,
      float[] weights,
      Pass pass) {
    this.graph = graph;
    this.loss = loss;
    this.trained =
        IntStream.range(0, graph.tensors().size())
            .filter(t -> !graph.tensors().get(t).isStatistics())
            .boxed()
            .toList();
    this.features = features.clone();
    this.labels = labels.clone();
    this.weights = weights.clone();
    this.pass = pass;
    this.parameters = kernel.allocate(graph.size());
    this.parameters.write(0, parameters, 0, graph.size());
    this.execution = new Execution(graph, kernel, this.parameters, pass.examples());
  }

  @Override
  public List<Variable> variables() {
    return trained.stream().map(graph.tensors()::get).map(NetworkUnderCheck::variable).toList();
  }

  private static Variable variable(TensorSpec tensor) {
    return new Variable(tensor.name(), tensor.size());
  }

  @Override
  public double get(int variable, int element) {
    return parameters.get(graph.offset(trained.get(variable)) + element);
  }

  @Override
  public void set(int variable, int element, double value) {
    parameters.set(graph.offset(trained.get(variable)) + element, value);
  }

  @Override
  public Evaluation evaluate() {
    forward();
    Shape output = graph.output();
    int examples = pass.examples();
    double sum = loss.sum(kernel, execution.output(), labels, weights, examples, output);
    long ofLoss = loss.piece(execution.output(), labels, examples, output);
    return new Evaluation(sum, 31 * kernel.piece() + ofLoss);
  }

  @Override
  public double[][] gradient() {
    forward();
    loss.gradient(
        kernel,
        execution.output(),
        labels,
        weights,
        pass.examples(),
        graph.output(),
        execution.outputGradient());
    double[][] result = new double[trained.size()][];
    for (int v = 0; v < result.length; v++) {
      result[v] = new double[graph.tensors().get(trained.get(v)).size()];
    }
    execution.backward(
        pass,
        (offset, gradient) -> {
          for (int v = 0; v < result.length; v++) {
            if (graph.offset(trained.get(v)) == offset) {
              gradient.read(0, result[v], result[v].length);
            }
          }
        });
    return result;
  }

  private void forward() {
    kernel.clear();
    execution.input(features, pass.examples());
    execution.forward(pass);
  }
}
