package io.lockstep.worker.engine.nd4j;

import io.lockstep.common.data.DataException;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A loss of one's own as a function of ND4J's SameDiff, which differentiates it: whoever extends it
 * says what the loss is and never writes a gradient.
 *
 * <pre>{@code
 * public final class Cauchy extends SameDiffLoss {
 *   public String name() { return "cauchy"; }
 *   protected SDVariable loss(SameDiff graph, SDVariable predictions, SDVariable labels) {
 *     SDVariable d = predictions.sub(labels);
 *     return graph.math().log1p(d.mul(d)).mean(1);
 *   }
 * }
 * }</pre>
 *
 * <p>Everything is float64, so that the check of gradients holds for it. A SameDiff graph serves
 * one thread, so each thread that computes slices builds its own when it first meets the loss, and
 * keeps it. Kernels are those of ND4J, pinned to one thread and one instruction set like the rest
 * of the engine ({@link NativeSettings}): the same numbers give the same bits. An operation costs
 * some ten microseconds whatever its size, so a loss of a few operations costs little beside a
 * network, and a loss written as {@link io.lockstep.worker.engine.loss.ExampleLoss} less.
 */
public abstract class SameDiffLoss implements Loss {
  private static final String PREDICTIONS = "predictions";
  private static final String LABELS = "labels";
  private static final String WEIGHTS = "weights";
  private static final String EXAMPLE_LOSSES = "exampleLosses";
  private static final String TOTAL = "total";

  private final ThreadLocal<SameDiff> graphs = ThreadLocal.withInitial(this::build);

  /**
   * The loss of each example.
   *
   * @param graph to make further operations of
   * @param predictions [examples, outputs], float64, an example as it lies in memory: [positions,
   *     channels]
   * @param labels [examples, labelWidth], float64; without labels one column of zeros
   * @return [examples], float64
   */
  protected abstract SDVariable loss(SameDiff graph, SDVariable predictions, SDVariable labels);

  /** As many labels as outputs. */
  @Override
  public int labelWidth(Shape output) {
    return output.size();
  }

  private SameDiff build() {
    NativeSettings.check();
    SameDiff graph = SameDiff.create();
    SDVariable predictions = graph.placeHolder(PREDICTIONS, DataType.DOUBLE, -1, -1);
    SDVariable labels = graph.placeHolder(LABELS, DataType.DOUBLE, -1, -1);
    SDVariable weights = graph.placeHolder(WEIGHTS, DataType.DOUBLE, -1);
    SDVariable losses = loss(graph, predictions, labels);
    graph.updateVariableNameAndReference(losses, EXAMPLE_LOSSES);
    losses.mul(weights).sum(TOTAL);
    graph.setLossVariables(TOTAL);
    graph.createGradFunction(PREDICTIONS);
    return graph;
  }

  @Override
  public double sum(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output) {
    if (examples == 0) {
      return 0;
    }
    try (Inputs inputs = new Inputs(predictions, labels, weights, examples, output)) {
      Map<String, INDArray> found =
          graphs.get().output(inputs.placeholders(), TOTAL, EXAMPLE_LOSSES);
      return total(found, examples);
    }
  }

  @Override
  public double gradient(
      Kernel kernel,
      Buffer predictions,
      float[] labels,
      float[] weights,
      int examples,
      Shape output,
      Buffer gradient) {
    if (examples == 0) {
      return 0;
    }
    try (Inputs inputs = new Inputs(predictions, labels, weights, examples, output)) {
      var found =
          graphs
              .get()
              .calculateGradientsAndOutputs(
                  inputs.placeholders(), List.of(TOTAL, EXAMPLE_LOSSES), List.of(PREDICTIONS));
      INDArray slope = Objects.requireNonNull(found.getGradients().get(PREDICTIONS));
      double[] values = slope.dup('c').data().asDouble();
      gradient.write(0, inputs.cleared(values, weights), values.length);
      return total(found.getOutputs(), examples);
    }
  }

  private double total(Map<String, INDArray> found, int examples) {
    INDArray each = Objects.requireNonNull(found.get(EXAMPLE_LOSSES));
    if (each.rank() != 1 || each.length() != examples) {
      throw new IllegalStateException(
          name()
              + ": the loss must be one number for each example, ["
              + examples
              + "], got "
              + java.util.Arrays.toString(each.shape())
              + "; reduce the other dimensions, as by mean(1)");
    }
    return Objects.requireNonNull(found.get(TOTAL)).getDouble(0);
  }

  /** A slice as SameDiff takes it; examples of weight 0 are zeros, whatever their numbers. */
  private final class Inputs implements AutoCloseable {
    private final int outputs;
    private final INDArray predictions;
    private final INDArray labels;
    private final INDArray weights;

    Inputs(Buffer p, float[] y, float[] w, int examples, Shape output) {
      outputs = output.size();
      int width = labelWidth(output);
      double[] rows = new double[examples * outputs];
      double[] labelRows = new double[examples * Math.max(width, 1)];
      double[] factors = new double[examples];
      p.read(0, rows, rows.length);
      for (int e = 0; e < examples; e++) {
        factors[e] = w[e];
        for (int i = e * width; i < (e + 1) * width && w[e] != 0; i++) {
          if (!Float.isFinite(y[i])) {
            throw new DataException(
                name()
                    + ": a label must be a finite number, got "
                    + y[i]
                    + " (example "
                    + e
                    + " of the slice)");
          }
          labelRows[i] = y[i];
        }
      }
      predictions = matrix(cleared(rows, w), examples);
      labels = matrix(labelRows, examples);
      weights = Nd4j.createFromArray(factors);
    }

    private static INDArray matrix(double[] rows, int examples) {
      long columns = rows.length / examples;
      return Nd4j.create(
          rows, new long[] {examples, columns}, new long[] {columns, 1}, 'c', DataType.DOUBLE);
    }

    /** Rows of examples without a weight set to 0. */
    double[] cleared(double[] rows, float[] w) {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = w[i / outputs] == 0 ? 0 : rows[i];
      }
      return rows;
    }

    Map<String, INDArray> placeholders() {
      return Map.of(PREDICTIONS, predictions, LABELS, labels, WEIGHTS, weights);
    }

    @Override
    public void close() {
      predictions.close();
      labels.close();
      weights.close();
    }
  }

  @Override
  public void present(
      Kernel kernel, Buffer predictions, Buffer result, int examples, Shape output) {
    if (predictions != result) {
      kernel.copy(predictions, result, examples * output.size());
    }
  }
}
