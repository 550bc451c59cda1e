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
import io.lockstep.worker.engine.metric.Metrics;
import io.lockstep.worker.engine.nd4j.NativeParameters;
import io.lockstep.worker.engine.nd4j.NativeSettings;
import io.lockstep.worker.engine.nd4j.Nd4jKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private Network(Graph graph, Loss loss, int labelWidth) {
    this.graph = graph;
    this.loss = loss;
    this.metrics = new Metrics(loss.metrics(), graph.output());
    this.labelWidth = labelWidth;
  }

  /** The network of a run. */
  public static Network of(RunConfiguration run) {
    return of(run.model(), run.loss(), run.data().labels());
  }

  /**
   * The network of a model and what it is trained for.
   *
   * @throws ConfigurationException for an unknown layer, loss or setting, for a layer that cannot
   *     take what the one before it puts out, and for outputs that do not fit loss or labels
   */
  public static Network of(ModelSection model, Options loss, LabelsSection labels) {
    Graph graph = Graph.chain(new Shape(model.input()), model.layers());
    Loss made = Losses.REGISTRY.create(loss);
    int outputs = graph.output().channels();
    int wanted = made.labelWidth(graph.output());
    if (labels.classified() && outputs != labels.classes()) {
      boolean oneProbability = outputs == 1 && labels.classes() == 2;
      if (!oneProbability) {
        throw model
            .layers()
            .get(model.layers().size() - 1)
            .error(
                "must put out "
                    + labels.classes()
                    + " numbers, one for each of data.labels' classes, got "
                    + outputs);
      }
    }
    if (labels.none() && wanted > 0) {
      throw loss.error(
          "takes "
              + wanted
              + (wanted == 1 ? " label" : " labels")
              + " of an example, but data.labels says none: true; say classes: number or"
              + " regression: true there, and where a source has its labels");
    }
    int labelWidth = labels.classified() ? graph.output().positions() : wanted;
    Optional<Network> fused = fused(model, graph, made, labelWidth);
    return fused.orElse(new Network(graph, made, labelWidth));
  }

  /**
   * The same network, where the loss has a form that takes the input of the last layer's activation
   * (a softmax or sigmoid before a cross-entropy): without the activation, which the loss brings
   * back when outputs are shown, and without the digits that it would take away. Only for outputs
   * that are no image: there a softmax is over channels and the loss over all.
   */
  private static Optional<Network> fused(
      ModelSection model, Graph graph, Loss loss, int labelWidth) {
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
              return new Network(Graph.chain(new Shape(model.input()), layers), form, labelWidth);
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

  /** Length of {@link SliceSums#metrics}. */
  public int metricSums() {
    return metrics.sums();
  }

  /**
   * The metrics by name.
   *
   * @param totals [metricSums], over all slices; not modified
   */
  public Map<String, Double> metrics(double[] totals) {
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
