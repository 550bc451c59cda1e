package io.lockstep.worker.engine;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.ModelSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import io.lockstep.worker.engine.metric.MetricValues;
import io.lockstep.worker.engine.metric.Metrics;
import io.lockstep.worker.engine.nd4j.NativeParameters;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import io.lockstep.worker.engine.nd4j.Nd4jKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a configuration's model is: its layers with all shapes, its tensors and their first values,
 * its loss and metrics. Immutable, thread-safe; holds no native memory and loads nothing native
 * until parameters or engines are made.
 */
public final class Network {
  private final Graph graph;
  private final Loss loss;
  private final Metrics metrics;
  private final int labelWidth;
  private final FirstValues firstValues = new FirstValues();

  private Network(Graph graph, Loss loss, List<Options> metrics, int labelWidth) {
    this.graph = graph;
    this.loss = loss;
    this.metrics = Metrics.of(metrics, loss.task(), graph.output());
    this.labelWidth = labelWidth;
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
   *     cannot take what the one before it puts out, and for outputs that do not fit loss, metrics
   *     or labels
   */
  public static Network of(
      ModelSection model, Options loss, List<Options> metrics, LabelsSection labels) {
    Graph graph = Graph.chain(new Shape(model.input()), model.layers());
    Loss made = Losses.REGISTRY.create(loss);
    int labelWidth = labelWidth(made, loss, labels, graph.output(), model);
    Optional<Network> fused = fused(model, graph, made, metrics, labelWidth);
    return fused.orElseGet(() -> new Network(graph, made, metrics, labelWidth));
  }

  /**
   * Numbers of label that an example has: as many as the loss takes, but one a position where it
   * takes rows and labels are classes.
   */
  private static int labelWidth(
      Loss loss, Options section, LabelsSection labels, Shape output, ModelSection model) {
    int wanted = loss.labelWidth(output);
    if (labels.none() && wanted > 0) {
      throw section.error(
          "takes "
              + wanted
              + (wanted == 1 ? " label" : " labels")
              + " of an example, but data.labels says none: true; say classes: number or"
              + " regression: true there, and where a source has its labels");
    }
    if (!labels.classified()) {
      return wanted;
    }
    if (!loss.task().takes(labels.classes(), output)) {
      throw model
          .layers()
          .get(model.layers().size() - 1)
          .error(
              "must put out "
                  + labels.classes()
                  + " numbers, one for each of data.labels' classes, got "
                  + output.channels());
    }
    boolean rows = wanted == output.size() && output.channels() == labels.classes();
    return rows ? output.positions() : wanted;
  }

  /**
   * The same network, where the loss has a form that takes the input of the last layer's activation
   * (a softmax or sigmoid before a cross-entropy): without the activation, which the loss brings
   * back when outputs are shown, and without the digits that it would take away. Only for outputs
   * that are no image: there a softmax is over channels and the loss over all.
   */
  private static Optional<Network> fused(
      ModelSection model, Graph graph, Loss loss, List<Options> metrics, int labelWidth) {
    int last = model.layers().size() - 1;
    Options layer = model.layers().get(last);
    boolean alone = layer.get(Registry.TYPE).equals("activation");
    if (!layer.has(Activations.KEY) || !graph.output().isFeatures() || (alone && last == 0)) {
      return Optional.empty();
    }
    return loss.fused(Activations.of(layer))
        .map(
            form -> {
              List<Options> layers = new ArrayList<>(model.layers().subList(0, last));
              if (!alone) {
                layers.add(layer.without(Activations.KEY.name()));
              }
              return new Network(
                  Graph.chain(new Shape(model.input()), layers), form, metrics, labelWidth);
            });
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

  /** Numbers of an example. */
  public int inputSize() {
    return graph.input().size();
  }

  /** Numbers of a label: 1 for a class; for regression as many as the loss takes. */
  public int labelWidth() {
    return labelWidth;
  }

  /** Numbers that the network puts out for an example. */
  public int outputSize() {
    return graph.output().size();
  }

  /** The shape of what the network puts out for an example. */
  public Shape outputShape() {
    return graph.output();
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
    return engine(kernel, new Execution(graph, kernel, buffer, maxExamples), maxExamples);
  }

  GraphEngine engine(Kernel kernel, Execution execution, int maxExamples) {
    return new GraphEngine(kernel, execution, loss, metrics, this, maxExamples);
  }

  Graph graph() {
    return graph;
  }

  Loss loss() {
    return loss;
  }
}
