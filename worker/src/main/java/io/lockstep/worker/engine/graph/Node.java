package io.lockstep.worker.engine.graph;

import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Layer;
import java.util.List;

/**
 * A layer in its place.
 *
 * @param name unique in the graph
 * @param type the layer's name in the configuration
 * @param layer what it computes
 * @param inputs where its inputs come from: numbers of earlier nodes; below 0 for the inputs of the
 *     graph, see {@link Graph#input(int)}
 * @param inputShapes their shapes
 * @param shape of the output
 * @param firstTensor the number of its first tensor in the graph; another node's where it is shared
 * @param tensors how many it has
 * @param learns whether the tensors get a gradient from this node
 * @param inference whether it works as in inference also in training: a frozen layer with tensors
 *     of its own, and those that share them
 */
record Node(
    String name,
    String type,
    Layer layer,
    List<Integer> inputs,
    List<Shape> inputShapes,
    Shape shape,
    int firstTensor,
    int tensors,
    boolean learns,
    boolean inference) {
  Node {
    inputs = List.copyOf(inputs);
    inputShapes = List.copyOf(inputShapes);
  }

  /** The same with another layer. */
  Node with(Layer other) {
    return new Node(
        name, type, other, inputs, inputShapes, shape, firstTensor, tensors, learns, inference);
  }

  /** Whether its output lies where its input does. */
  boolean passesThrough() {
    return layer.passesThrough(inputShapes);
  }

  /** Whether it has tensors that it computes the gradients of. */
  boolean hasGradients() {
    return learns && tensors > 0;
  }
}
