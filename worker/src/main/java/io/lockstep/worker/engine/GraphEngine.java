package io.lockstep.worker.engine;

import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.GradientSink;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.Set;

/** The engine of a {@link Network}: its graph between a slice and its objective, on one kernel. */
final class GraphEngine implements SliceEngine {
  private final Kernel kernel;
  private final Execution execution;
  private final Scoring scoring;
  private final ObjectiveMetrics metrics;
  private final int inputs;
  private final int maxExamples;

  /** The first elements of the tensors of running statistics, which are no gradient. */
  private final Set<Integer> statistics;

  private double squares;

  GraphEngine(Kernel kernel, Execution execution, Network network, int maxExamples) {
    this.kernel = kernel;
    this.execution = execution;
    this.scoring = new Scoring(network.objective(), kernel, execution, maxExamples);
    this.metrics = network.metrics();
    this.inputs = network.inputSize();
    this.statistics = network.graph().statistics();
    this.maxExamples = maxExamples;
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
    double sum = scoring.gradient(batch, pass.mode());
    SliceSums sums = sums(batch, sum, pass.mode());
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
    return sums(batch, scoring.sum(batch, Mode.INFERENCE), Mode.INFERENCE);
  }

  @Override
  public void predict(SliceBatch batch, float[] target) {
    load(batch);
    execution.forward(Pass.inference(batch.examples()));
    scoring.present(batch, target);
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

  private SliceSums sums(SliceBatch batch, double sum, Mode mode) {
    double[] figures = new double[metrics.sums()];
    scoring.measure(metrics, batch, figures);
    return new SliceSums(sum, scoring.weight(batch, mode), 0, figures);
  }

  @Override
  public void close() {
    kernel.close();
  }
}
