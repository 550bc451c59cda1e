package io.lockstep.worker.engine;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.LayerKeys;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.metric.MetricValues;
import io.lockstep.worker.engine.nd4j.NativeParameters;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import io.lockstep.worker.engine.nd4j.Nd4jKernel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a configuration's model is: its layers with all shapes, its tensors and their first values,
 * its loss and metrics. Immutable, thread-safe; holds no native memory and loads nothing native
 * until parameters or engines are made.
 */
public final class Network {
  private static final Options IDENTITY = Options.of("activation", Map.of("type", "identity"));

  private final Graph graph;
  private final Objective objective;
  private final ObjectiveMetrics metrics;
  private final FirstValues firstValues = new FirstValues();

  private Network(Graph graph, Objective objective, ObjectiveMetrics metrics) {
    this.graph = graph;
    this.objective = objective;
    this.metrics = metrics;
  }

  /** The network of a run. */
  public static Network of(RunConfiguration run) {
    return of(run.model(), run.loss(), run.metrics(), run.data().labels());
  }

  /** The network of a model that is judged by what is usual for its loss. */
  public static Network of(ModelSection model, Options loss, LabelsSection labels) {
    return of(model, loss, List.of(), labels);
  }

  /**
   * The network of a model and what it is trained for.
   *
   * @param metrics what it is judged by, a section each; empty for what is usual for its loss
   * @throws ConfigurationException for an unknown layer, loss, metric or setting, for a layer that
   *     cannot take what comes to it, for one that leads to no loss, and for outputs that do not
   *     fit loss, metrics or labels
   */
  public static Network of(
      ModelSection model, Options loss, List<Options> metrics, LabelsSection labels) {
    Graph graph = graph(model, model.layers());
    Objective objective = Objective.of(graph, loss, labels);
    refuseLooseEnds(model, graph, objective);
    refuseOtherClasses(model, objective, labels);
    return fused(model, graph, objective, metrics);
  }

  private static Graph graph(ModelSection model, List<Options> layers) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    model.inputs().forEach((name, extents) -> inputs.put(name, new Shape(extents)));
    return Graph.of(inputs, layers);
  }

  private static void refuseLooseEnds(ModelSection model, Graph graph, Objective objective) {
    List<String> names = LayerKeys.names(model.layers());
    for (int i = 0; i < names.size(); i++) {
      int node = Objects.requireNonNull(graph.find(names.get(i)));
      if (!graph.isUsed(node) && !objective.seen().contains(node)) {
        throw model
            .layers()
            .get(i)
            .error(
                "leads to no loss: name '"
                    + names.get(i)
                    + "' in the inputs of a layer or in a loss, or leave it out");
      }
    }
  }

  private static void refuseOtherClasses(
      ModelSection model, Objective objective, LabelsSection labels) {
    List<String> names = LayerKeys.names(model.layers());
    for (Term term : objective.terms()) {
      boolean labelled = term.target() instanceof Target.Labels && labels.classified();
      if (labelled && !term.loss().task().takes(labels.classes(), term.shape())) {
        int layer = names.indexOf(term.name().replaceFirst("\\..*", ""));
        throw model
            .layers()
            .get(layer)
            .error(
                "must put out "
                    + labels.classes()
                    + " numbers, one for each of data.labels' classes, got "
                    + term.shape().channels());
      }
    }
  }

  /**
   * The same network, where a loss has a form that takes the input of its output's activation (a
   * softmax or sigmoid before a cross-entropy): without the activation, which the loss brings back
   * when outputs are shown, and without the digits that it would take away. Only where nobody else
   * looks at that output.
   */
  private static Network fused(
      ModelSection model, Graph graph, Objective objective, List<Options> metrics) {
    List<Options> layers = new ArrayList<>(model.layers());
    List<String> names = LayerKeys.names(layers);
    List<Loss> losses = new ArrayList<>(objective.losses());
    List<Integer> seen = objective.seen();
    for (int t = 0; t < losses.size(); t++) {
      int node = objective.ends().get(t);
      int at = node < 0 ? -1 : names.indexOf(graph.names().get(node));
      if (at < 0
          || !layers.get(at).has(Activations.KEY)
          || graph.isUsed(node)
          || seen.stream().filter(other -> other == node).count() > 1) {
        continue;
      }
      Optional<Loss> fused = losses.get(t).fused(Activations.of(layers.get(at)));
      if (fused.isPresent()) {
        losses.set(t, fused.get());
        layers.set(at, layers.get(at).with(Activations.KEY, IDENTITY));
      }
    }
    if (losses.equals(objective.losses())) {
      return new Network(graph, objective, new ObjectiveMetrics(objective, metrics));
    }
    Graph without = graph(model, layers);
    Objective fused = objective.withLosses(without, losses);
    return new Network(without, fused, new ObjectiveMetrics(fused, metrics));
  }

  /**
   * The same network, of which users see another output.
   *
   * @param layer whose output a loss takes
   * @throws ConfigurationException where none does
   */
  public Network showing(String layer) {
    return new Network(graph, objective.showing(layer), metrics);
  }

  /** All tensors, in layout order. */
  public List<TensorSpec> tensors() {
    return graph.tensors();
  }

  /** The names of the layers, in order. */
  public List<String> layerNames() {
    return graph.names();
  }

  /** What the layers put out for an example, in order: [features] or [channels, height, width]. */
  public List<List<Integer>> layerShapes() {
    return graph.shapes().stream().map(Shape::extents).toList();
  }

  /** Numbers in all tensors. */
  public int size() {
    return graph.size();
  }

  /**
   * How many tokens there are, at least, where numbers of an example stand for tokens; empty where
   * none do.
   */
  public OptionalInt tokens() {
    return graph.tokens();
  }

  /** Numbers of an example. */
  public int inputSize() {
    return graph.inputSize();
  }

  /** Numbers of label that an example has: as many as all losses take. */
  public int labelWidth() {
    return objective.labelWidth();
  }

  /**
   * Numbers that users see of the network for an example: of the output that the first loss takes,
   * unless another is {@linkplain #showing shown}.
   */
  public int outputSize() {
    return objective.output().size();
  }

  /** The shape of what users see of the network for an example. */
  public Shape outputShape() {
    return objective.output();
  }

  /** The names of the metrics, whose sums {@link SliceSums#metrics} holds. */
  public List<String> metricNames() {
    return metrics.names();
  }

  /** The names of those metrics that are single numbers, which may steer a run. */
  public List<String> scalarMetricNames() {
    return metrics.scalarNames();
  }

  /** Length of {@link SliceSums#metrics}. */
  public int metricSums() {
    return metrics.sums();
  }

  /**
   * The metrics by name.
   *
   * @param totals [metricSums], over all slices; not modified
   */
  public MetricValues metrics(double[] totals) {
    return metrics.values(totals);
  }

  /**
   * First values of a run of one tensor's elements. Each follows from the seed, the tensor's number
   * and its own, so any run can be made anywhere.
   *
   * @param tensor its number in the layout
   * @param from the first element within the tensor
   * @param target receives the values from {@code at} on
   */
  public void initialize(long seed, int tensor, int from, float[] target, int at, int length) {
    firstValues.write(graph.parameters().get(tensor), seed, tensor, from, target, at, length);
  }

  /** New parameters, all zero, in native memory. */
  public Parameters allocate() {
    NativeSettings.check();
    return new NativeParameters(graph.size());
  }

  /**
   * An engine for one thread.
   *
   * @param parameters of {@link #allocate}; read only, and open as long as the engine
   * @param maxExamples most examples of a slice, at least 1
   */
  public SliceEngine engine(Parameters parameters, int maxExamples) {
    NativeSettings.check();
    Kernel kernel = new Nd4jKernel();
    var buffer = ((NativeParameters) parameters).buffer();
    return engine(kernel, execution(kernel, buffer, maxExamples), maxExamples);
  }

  GraphEngine engine(Kernel kernel, Execution execution, int maxExamples) {
    return new GraphEngine(kernel, execution, this, maxExamples);
  }

  Execution execution(Kernel kernel, Buffer parameters, int maxExamples) {
    return new Execution(joined(), kernel, parameters, parameters, maxExamples, objective.ends());
  }

  /** The graph as an engine computes it: layers joined with the activations behind them. */
  public Graph joined() {
    return graph.joined(objective.seen());
  }

  /** The layers and how they hang together. */
  public Graph graph() {
    return graph;
  }

  /** What training makes small. */
  public Objective objective() {
    return objective;
  }

  ObjectiveMetrics metrics() {
    return metrics;
  }
}
