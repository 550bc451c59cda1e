package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Set;

/**
 * Where a layer works: its place in the graph and the buffers there, each for as many examples as a
 * slice may hold.
 *
 * @param kernel the arithmetic
 * @param number the layer's number in the configuration, from 0, which keys its random numbers
 * @param maxExamples most examples of a slice
 * @param inputShapes shapes of the inputs
 * @param outputShape shape of the output
 * @param inputs [maxExamples, input] each
 * @param output [maxExamples, output]
 * @param parameters the layer's tensors, read only
 * @param outputGradient [maxExamples, output], there at {@link Operation#backward}
 * @param inputGradients [maxExamples, input] each; empty buffers where not wanted
 * @param wanted the inputs of which a gradient is wanted
 * @param gradients of the layer's tensors
 */
public record Site(
    Kernel kernel,
    int number,
    int maxExamples,
    List<Shape> inputShapes,
    Shape outputShape,
    List<Buffer> inputs,
    Buffer output,
    List<Buffer> parameters,
    Buffer outputGradient,
    List<Buffer> inputGradients,
    Set<Integer> wanted,
    List<Buffer> gradients) {
  /** Copies the lists. */
  public Site {
    inputShapes = List.copyOf(inputShapes);
    inputs = List.copyOf(inputs);
    parameters = List.copyOf(parameters);
    inputGradients = List.copyOf(inputGradients);
    wanted = Set.copyOf(wanted);
    gradients = List.copyOf(gradients);
  }

  /** The shape of a layer's only input. */
  public Shape inputShape() {
    return inputShapes.get(0);
  }

  /** A layer's only input. */
  public Buffer input() {
    return inputs.get(0);
  }

  /** The gradient of a layer's only input. */
  public Buffer inputGradient() {
    return inputGradients.get(0);
  }

  /** Whether the gradient of a layer's only input is wanted. */
  public boolean wantsInputGradient() {
    return wanted.contains(0);
  }
}
