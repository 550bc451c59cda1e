package io.lockstep.worker.engine.loss;

import io.lockstep.worker.engine.metric.Scale;
import io.lockstep.worker.engine.metric.Task;

/**
 * A loss of the margin y p of each output: y is 1 where the label is 1, and -1 where it is -1 or 0,
 * so that classes 0 and 1 serve as labels too. An output above 0 says yes.
 */
interface MarginLoss extends ElementLoss {
  /** The loss of a margin y p. */
  double ofMargin(double margin);

  /** Its slope. */
  double slopeOfMargin(double margin);

  /** The margin at which the slope jumps or bends. */
  double kink();

  @Override
  default void check(float label, int example) {
    if (label != 1 && label != 0 && label != -1) {
      throw LabelCheck.refuse(name(), "1 for yes, -1 or 0 for no", label, example);
    }
  }

  private static double side(double label) {
    return label > 0 ? 1 : -1;
  }

  @Override
  default double loss(double prediction, double label, int output) {
    return ofMargin(side(label) * prediction);
  }

  @Override
  default double slope(double prediction, double label, int output) {
    double y = side(label);
    return y * slopeOfMargin(y * prediction);
  }

  @Override
  default int piece(double prediction, double label) {
    return Double.compare(side(label) * prediction, kink());
  }

  @Override
  default Task task() {
    return new Task.YesNo(Scale.LOGITS);
  }
}
