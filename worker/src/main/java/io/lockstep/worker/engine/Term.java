package io.lockstep.worker.engine;

import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;

/**
 * One loss of what is made small.
 *
 * @param name of the layer whose output it takes
 * @param loss what is computed
 * @param node the layer's number in the graph
 * @param shape of its output
 * @param target what it is compared with
 * @param wanted numbers of label that the loss takes for an example
 * @param weight what the loss is multiplied by
 */
record Term(
    String name, Loss loss, int node, Shape shape, Target target, int wanted, double weight) {
  /** The same loss with another target. */
  Term with(Target other) {
    return new Term(name, loss, node, shape, other, wanted, weight);
  }
}
