package io.lockstep.worker.engine;

import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Pass.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An {@link Objective} at work on one execution's outputs. Belongs to one thread. */
public final class Scoring {
  private final Objective objective;
  private final Kernel kernel;
  private final Execution execution;
  private final List<TargetRows> targets = new ArrayList<>();
  private final float[] scaled;
  private final Buffer presented;
  private final Buffer turned;

  /**
   * @param execution whose ends are the objective's
   * @param maxExamples most examples of a slice
   */
  public Scoring(Objective objective, Kernel kernel, Execution execution, int maxExamples) {
    this.objective = objective;
    this.kernel = kernel;
    this.execution = execution;
    this.scaled = new float[maxExamples];
    for (Term term : objective.terms()) {
      targets.add(new TargetRows(term, execution, objective.labelWidth(), maxExamples));
    }
    Shape output = objective.output();
    int size = Math.multiplyExact(maxExamples, output.size());
    this.presented = kernel.allocate(size);
    this.turned = kernel.allocate(output.liesAsWritten() ? 0 : size);
  }

  /** The sum over the slice's examples of weight times loss. */
  public double sum(SliceBatch batch, Mode mode) {
    double sum = 0;
    for (int i = 0; i < targets.size(); i++) {
      sum += sum(i, batch, mode);
    }
    return sum;
  }

  private double sum(int number, SliceBatch batch, Mode mode) {
    Term term = objective.terms().get(number);
    return term.loss()
        .sum(
            kernel,
            execution.output(term.node()),
            targets.get(number).of(batch, mode),
            weights(term, batch),
            batch.examples(),
            term.shape());
  }

  /** As {@link #sum}; its gradient goes to the execution's gradients of outputs. */
  public double gradient(SliceBatch batch, Mode mode) {
    double sum = 0;
    for (int i = 0; i < targets.size(); i++) {
      Term term = objective.terms().get(i);
      sum +=
          term.loss()
              .gradient(
                  kernel,
                  execution.output(term.node()),
                  targets.get(i).of(batch, mode),
                  weights(term, batch),
                  batch.examples(),
                  term.shape(),
                  execution.outputGradient(i));
    }
    return sum;
  }

  /** What the step's sum is divided by. */
  public double weight(SliceBatch batch, Mode mode) {
    if (!objective.isOfSeveral()) {
      Term term = objective.terms().get(0);
      float[] labels = targets.get(0).of(batch, mode);
      return term.loss().weight(labels, batch.weights(), batch.examples(), term.shape());
    }
    double sum = 0;
    for (int e = 0; e < batch.examples(); e++) {
      sum += batch.weights()[e];
    }
    return sum;
  }

  /** The examples' weights, times the term's. */
  private float[] weights(Term term, SliceBatch batch) {
    double factor = term.weight();
    if (objective.isOfSeveral()) {
      factor /= term.loss().summands(term.shape());
    }
    if (factor == 1) {
      return batch.weights();
    }
    for (int e = 0; e < batch.examples(); e++) {
      scaled[e] = (float) (factor * batch.weights()[e]);
    }
    return scaled;
  }

  /** The smooth piece on which the losses lie; see {@code Loss.piece}. */
  public long piece(SliceBatch batch, Mode mode) {
    long hash = 0;
    for (int i = 0; i < targets.size(); i++) {
      Term term = objective.terms().get(i);
      Buffer output = execution.output(term.node());
      float[] labels = targets.get(i).of(batch, mode);
      hash = 31 * hash + term.loss().piece(output, labels, batch.examples(), term.shape());
    }
    return hash;
  }

  /**
   * Adds the slice's examples to the sums of the metrics.
   *
   * @param sums [{@link ObjectiveMetrics#sums}], added to
   */
  public void measure(ObjectiveMetrics metrics, SliceBatch batch, double[] sums) {
    int at = 0;
    for (ObjectiveMetrics.Part part : metrics.parts()) {
      Term term = objective.terms().get(part.term());
      if (part.ofLoss()) {
        sums[at] += sum(part.term(), batch, Mode.INFERENCE);
        sums[at + 1] += weight(batch, Mode.INFERENCE);
      } else {
        float[] labels = targets.get(part.term()).of(batch, Mode.INFERENCE);
        double[] own = Arrays.copyOfRange(sums, at, at + part.sums());
        part.metrics()
            .add(execution.output(term.node()), labels, batch.weights(), batch.examples(), own);
        System.arraycopy(own, 0, sums, at, own.length);
      }
      at += part.sums();
    }
  }

  /**
   * What the output that users see says, images channel by channel.
   *
   * @param target [examples, output] from element 0
   */
  public void present(SliceBatch batch, float[] target) {
    Term term = objective.shown();
    Shape shape = term.shape();
    int examples = batch.examples();
    term.loss().present(kernel, execution.output(term.node()), presented, examples, shape);
    Buffer shown = presented;
    if (!shape.liesAsWritten()) {
      kernel.transpose(presented, turned, examples, shape.positions(), shape.channels());
      shown = turned;
    }
    shown.read(0, target, 0, examples * shape.size());
  }
}
