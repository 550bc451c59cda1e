package io.lockstep.driver;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.WeightAverage;
import io.lockstep.common.optim.average.Averages;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.SafetensorsReader;
import io.lockstep.driver.spark.FileRows;
import io.lockstep.driver.spark.PlainRows;
import io.lockstep.driver.spark.ValidationStreams;
import io.lockstep.worker.data.ExampleReader;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The weights of a finished run, ready to be measured and to predict, in this process on one
 * thread. Slices are as large as in training, so a row has the bits that it had there.
 */
public final class TrainedModel implements AutoCloseable {
  private static final int BLOCK = 64 * 1024;

  /** Nothing of the cluster is needed any more. */
  private static final List<String> HERE = List.of("cluster.master=local", "cluster.workers=1");

  private final RunConfiguration run;
  private final DataDescription data;
  private final Parameters parameters;
  private Network network;
  private SliceEngine engine;
  private final SliceBatch batch;

  private TrainedModel(RunDirectory directory, Path file) {
    this.run = directory.configuration(HERE);
    this.data = directory.description();
    this.network = Network.of(run);
    int slice = run.batch().slice();
    try (SafetensorsReader weights = new SafetensorsReader(file)) {
      checkTensors(weights);
      this.parameters = network.allocate();
      load(weights);
    }
    this.engine = network.engine(parameters, slice);
    this.batch = new SliceBatch(slice, network.inputSize(), network.labelWidth());
  }

  /**
   * Loads a run's weights.
   *
   * @throws io.lockstep.common.config.ConfigurationException where the run is not done
   */
  public static TrainedModel open(RunDirectory directory) {
    return new TrainedModel(directory, directory.modelFile());
  }

  /**
   * Loads the average of a run's weights.
   *
   * @throws io.lockstep.common.config.ConfigurationException where the run is not done, or keeps
   *     none
   */
  public static TrainedModel openAverage(RunDirectory directory) {
    if (Averages.create(directory.configuration(HERE).average()) == WeightAverage.NONE) {
      throw new ConfigurationException(
          "the run must keep an average of its weights (section average), got none in "
              + directory.configurationFile()
              + "; leave --average out");
    }
    return new TrainedModel(directory, directory.averageFile());
  }

  private void checkTensors(SafetensorsReader weights) {
    List<String> wanted = network.tensors().stream().map(TensorSpec::name).toList();
    List<String> found = weights.tensors().stream().map(SafetensorsReader.Tensor::name).toList();
    if (!wanted.equals(found) || weights.size() != network.size()) {
      throw new IllegalStateException(
          "the weights must be those of the model in config.yaml "
              + wanted
              + " ("
              + network.size()
              + " elements), got "
              + found
              + " ("
              + weights.size()
              + ")");
    }
  }

  private void load(SafetensorsReader weights) {
    float[] block = new float[BLOCK];
    for (long at = 0; at < weights.size(); at += BLOCK) {
      int length = (int) Math.min(BLOCK, weights.size() - at);
      weights.read(at, block, 0, length);
      parameters.set(at, block, 0, length);
    }
  }

  /**
   * Predicts another layer's output from now on.
   *
   * @param layer one whose output a loss takes
   * @throws ConfigurationException where none does
   */
  public void show(String layer) {
    network = network.showing(layer);
    engine.close();
    engine = network.engine(parameters, batch.maxExamples());
  }

  /** Measures on the run's validation data: the bits of the run's last validation. */
  public Measurement evaluate() {
    List<SliceStream> streams = ValidationStreams.read(run, data.tokenizer());
    ReductionTree tree = ReductionTree.of(streams.size());
    Sums total = sum(tree, tree.root(), streams).orElseThrow();
    return total.measurement(network);
  }

  private Optional<Sums> sum(ReductionTree tree, int node, List<SliceStream> streams) {
    if (tree.isLeaf(node)) {
      SliceStream stream = streams.get(tree.firstLeaf(node));
      return stream.count() == 0 ? Optional.empty() : Optional.of(sum(stream));
    }
    Optional<Sums> left = sum(tree, tree.left(node), streams);
    Optional<Sums> right = sum(tree, tree.right(node), streams);
    return Stream.of(left, right).flatMap(Optional::stream).reduce(Sums::plus);
  }

  private Sums sum(SliceStream stream) {
    Sums sums = new Sums(0, 0, 0, new double[network.metricSums()]);
    for (long slice = 0; sums.examples() < stream.count(); slice++) {
      stream.fill(slice, batch);
      sums = sums.plus(Sums.of(batch.examples(), engine.evaluate(batch)));
    }
    return sums;
  }

  /**
   * Measures on a file with labels, slice by slice in the order of its rows.
   *
   * @param file in the format of the training data
   */
  public Measurement evaluate(String file) {
    try (FileRows opened = FileRows.open(run, data, file, FileRows.Labels.READ)) {
      PlainRows rows = opened.rows();
      ExampleReader reader = new ExampleReader(rows.form(), data.scaling());
      Sums sums = new Sums(0, 0, 0, new double[network.metricSums()]);
      while (fill(rows, reader, new long[batch.maxExamples()])) {
        sums = sums.plus(Sums.of(batch.examples(), engine.evaluate(batch)));
      }
      return sums.measurement(network);
    }
  }

  /** Receives predictions. */
  @FunctionalInterface
  public interface PredictionSink {
    /**
     * Takes one row's prediction.
     *
     * @param row its number in the file, from 0
     * @param outputs holds the outputs: probabilities of classes, or values
     * @param from the first of them
     */
    void take(long row, float[] outputs, int from);
  }

  /** Predicts for every row of a file, whose labels are not looked at. */
  public void predict(String file, PredictionSink sink) {
    int width = network.outputSize();
    float[] outputs = new float[batch.maxExamples() * width];
    long[] numbers = new long[batch.maxExamples()];
    try (FileRows opened = FileRows.open(run, data, file, FileRows.Labels.UNREAD)) {
      PlainRows rows = opened.rows();
      ExampleReader reader = new ExampleReader(rows.form(), data.scaling());
      while (fill(rows, reader, numbers)) {
        engine.predict(batch, outputs);
        for (int i = 0; i < batch.examples(); i++) {
          sink.take(numbers[i], outputs, i * width);
        }
      }
    }
  }

  /** Fills a slice; false where no row is left. */
  private boolean fill(PlainRows rows, ExampleReader reader, long[] numbers) {
    int examples = 0;
    while (examples < batch.maxExamples() && rows.next()) {
      numbers[examples] = rows.row();
      reader.read(rows.content(), 0, batch, examples++);
    }
    batch.examples(examples);
    return examples > 0;
  }

  /** What the data are. */
  public DataDescription data() {
    return data;
  }

  /**
   * Predicts for one example.
   *
   * @param features [features] before scaling; not modified
   * @param outputs receives the outputs from element 0 on
   */
  public void predict(float[] features, float[] outputs) {
    for (int j = 0; j < features.length; j++) {
      batch.features()[j] = data.scaling().apply(j, features[j]);
    }
    Arrays.fill(batch.labels(), 0, batch.labelWidth(), 0);
    batch.examples(1);
    engine.predict(batch, outputs);
  }

  /** What the outputs stand for: the labels, or mere values where no loss compares the two. */
  public LabelsSection outputLabels() {
    return network.objective().showsLabels() ? data.labels() : LabelsSection.NONE;
  }

  /** The shape of what the model puts out for a row, as users write it. */
  public List<Integer> outputShape() {
    return network.outputShape().extents();
  }

  @Override
  public void close() {
    engine.close();
    parameters.close();
  }

  /** Sums over examples, as a worker takes them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sums(long examples, double loss, double weight, double[] metrics) {
    static Sums of(long examples, SliceSums sums) {
      return new Sums(examples, sums.loss(), sums.weight(), sums.metrics());
    }

    Sums plus(Sums other) {
      double[] sum = metrics.clone();
      for (int k = 0; k < sum.length; k++) {
        sum[k] += other.metrics[k];
      }
      return new Sums(examples + other.examples, loss + other.loss, weight + other.weight, sum);
    }

    Measurement measurement(Network network) {
      return new Measurement(examples, loss / weight, network.metrics(metrics));
    }
  }
}
