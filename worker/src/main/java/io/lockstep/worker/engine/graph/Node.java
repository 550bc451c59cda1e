package io.lockstep.worker.engine.graph;

import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Layer;
import java.util.List;

/**
 * A layer in its place.
 *
 * @param name unique in the graph
 * @param layer what it computes
 * @param inputs where its inputs come from: numbers of earlier nodes, {@link Graph#INPUT} for the
 *     examples themselves
 * @param inputShapes their shapes
 * @param shape of the output
 * @param firstTensor the number of its first tensor in the graph
 * @param tensors how many it has
 */
record Node(
    String name,
    Layer layer,
    List<Integer> inputs,
    List<Shape> inputShapes,
    Shape shape,
    int firstTensor,
    int tensors) {
  Node {
    inputs = List.copyOf(inputs);
    inputShapes = List.copyOf(inputShapes);
  }

  /** Whether its output lies where its input does. */
  boolean passesThrough() {
    return layer.passesThrough(inputShapes);
  }
}
