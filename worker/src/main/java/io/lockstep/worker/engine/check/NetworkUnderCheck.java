package io.lockstep.worker.engine.check;

import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.Objective;
import io.lockstep.worker.engine.Scoring;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The sum of a slice's losses as a function of a network's parameters, in training: the layers, the
 * order of the graph and the losses are those that train, only the numbers are float64. What no
 * gradient flows through keeps the values that it had when the gradient was computed: targets,
 * stop-gradient layers, frozen uses of tensors that others change.
 */
public final class NetworkUnderCheck implements Differentiable {
  private final PieceKernel kernel = new PieceKernel();
  private final Graph graph;
  private final Execution execution;
  private final Scoring scoring;
  private final Buffer parameters;
  private final Pass pass;

  /** The tensors that have a gradient: all but running statistics and frozen ones. */
  private final List<Integer> trained;

  private final SliceBatch batch;

  /**
   * @param graph the layers
   * @param objective what is made small
   * @param values [graph.size()], where the check is made; not modified
   * @param batch the examples; read as long as this is used
   * @param pass how many examples, and what keys the network's random numbers
   */
  public NetworkUnderCheck(
      Graph graph, Objective objective, float[] values, SliceBatch batch, Pass pass) {
    this.graph = graph;
    this.trained =
        IntStream.range(0, graph.tensors().size())
            .filter(t -> graph.tensors().get(t).isTrained())
            .boxed()
            .toList();
    this.batch = batch;
    this.pass = pass;
    this.parameters = kernel.allocate(graph.size());
    this.parameters.write(0, values, 0, graph.size());
    Buffer held = kernel.allocate(graph.size());
    held.write(0, values, 0, graph.size());
    Graph joined = graph.joined(objective.seen());
    this.execution =
        new Execution(joined, kernel, parameters, held, pass.examples(), objective.ends());
    this.scoring = new Scoring(objective, kernel, execution, pass.examples());
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
    forward(new Pass(pass.examples(), Mode.DIFFERENCE, pass.seed(), pass.step(), pass.stream()));
    double sum = scoring.sum(batch, Mode.DIFFERENCE);
    return new Evaluation(sum, 31 * kernel.piece() + scoring.piece(batch, Mode.DIFFERENCE));
  }

  @Override
  public double[][] gradient() {
    Map<String, double[]> all = gradients();
    return variables().stream().map(v -> all.get(v.name())).toArray(double[][]::new);
  }

  /**
   * The gradient of every tensor by its name, also of those that do not learn; NaN where none is
   * handed over.
   */
  public Map<String, double[]> gradients() {
    forward(pass);
    scoring.gradient(batch, pass.mode());
    Map<String, double[]> all = new LinkedHashMap<>();
    Map<Integer, double[]> byOffset = new HashMap<>();
    for (int t = 0; t < graph.tensors().size(); t++) {
      double[] gradient = new double[graph.tensors().get(t).size()];
      Arrays.fill(gradient, Double.NaN);
      all.put(graph.tensors().get(t).name(), gradient);
      byOffset.put(graph.offset(t), gradient);
    }
    execution.backward(
        pass,
        (offset, tensor) -> {
          double[] gradient = Objects.requireNonNull(byOffset.get(offset));
          tensor.read(0, gradient, gradient.length);
        });
    return all;
  }

  private void forward(Pass of) {
    kernel.clear();
    execution.input(batch.features(), of.examples());
    execution.forward(of);
  }
}
