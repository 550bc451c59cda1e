package io.lockstep.worker.engine;

import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.GradientSink;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Pass.Mode;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.metric.Metrics;
import java.util.Set;

/** The engine of a {@link Network}: its graph between a slice and its loss, on one kernel. */
final class GraphEngine implements SliceEngine {
  private final Kernel kernel;
  private final Execution execution;
  private final Loss loss;
  private final Metrics metrics;
  private final Labels labels;
  private final Shape output;
  private final int inputs;
  private final int maxExamples;
  private final Buffer presented;
  private final Buffer turned;

  /** The first elements of the tensors of running statistics, which are no gradient. */
  private final Set<Integer> statistics;

  private double squares;

  GraphEngine(
      Kernel kernel, Execution execution, Loss loss, Metrics metrics, Network network, int most) {
    this.kernel = kernel;
    this.execution = execution;
    this.loss = loss;
    this.metrics = metrics;
    this.output = network.outputShape();
    this.inputs = network.inputSize();
    this.labels = new Labels(network.labelWidth(), loss.labelWidth(output), output, most);
    this.maxExamples = most;
    this.statistics = network.graph().statistics();
    this.turned = kernel.allocate(output.liesAsWritten() ? 0 : most * output.size());
    this.presented = kernel.allocate(Math.multiplyExact(most, output.size()));
  }

  @Override
  public SliceSums gradient(SliceBatch batch, long seed, long step, int stream, float[] gradient) {
    return gradient(
        batch,
        new Pass(batch.examples(), Mode.TRAINING, seed, step, stream),
        (offset, tensor) -> tensor.read(0, gradient, offset, tensor.length()));
  }

  /** As the other form; the gradients of the tensors go to the sink in the kernel's own type. */
  SliceSums gradient(SliceBatch batch, Pass pass, GradientSink sink) {
    load(batch);
    execution.forward(pass);
    float[] wanted = labels.of(batch);
    double sum =
        loss.gradient(
            kernel,
            execution.output(),
            wanted,
            batch.weights(),
            batch.examples(),
            output,
            execution.outputGradient());
    SliceSums sums = sums(batch, wanted, sum);
    squares = 0;
    execution.backward(
        pass,
        (offset, tensor) -> {
          if (!statistics.contains(offset)) {
            squares += kernel.squares(tensor, tensor.length());
          }
          sink.take(offset, tensor);
        });
    return sums.withGradientSquares(squares);
  }

  @Override
  public SliceSums evaluate(SliceBatch batch) {
    load(batch);
    execution.forward(Pass.inference(batch.examples()));
    float[] wanted = labels.of(batch);
    double sum =
        loss.sum(kernel, execution.output(), wanted, batch.weights(), batch.examples(), output);
    return sums(batch, wanted, sum);
  }

  @Override
  public void predict(SliceBatch batch, float[] target) {
    load(batch);
    execution.forward(Pass.inference(batch.examples()));
    loss.present(kernel, execution.output(), presented, batch.examples(), output);
    if (output.liesAsWritten()) {
      presented.read(0, target, 0, batch.examples() * output.size());
    } else {
      kernel.transpose(presented, turned, batch.examples(), output.positions(), output.channels());
      turned.read(0, target, 0, batch.examples() * output.size());
    }
  }

  private void load(SliceBatch batch) {
    if (batch.examples() > maxExamples || batch.inputSize() != inputs) {
      throw new IllegalArgumentException(
          "a slice must have at most "
              + maxExamples
              + " examples of "
              + inputs
              + " numbers, got "
              + batch.examples()
              + " of "
              + batch.inputSize());
    }
    execution.input(batch.features(), batch.examples());
  }

  private SliceSums sums(SliceBatch batch, float[] wanted, double sum) {
    double[] figures = new double[metrics.sums()];
    metrics.add(execution.output(), wanted, batch.weights(), batch.examples(), figures);
    double weight = loss.weight(wanted, batch.weights(), batch.examples(), output);
    return new SliceSums(sum, weight, 0, figures);
  }

  @Override
  public void close() {
    kernel.close();
  }
}
