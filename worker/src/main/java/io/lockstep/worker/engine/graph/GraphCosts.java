package io.lockstep.worker.engine.graph;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.CountingKernel;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Operation;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Site;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a graph costs for a slice: each layer is sent through its forward and backward pass on a
 * kernel that counts and computes nothing, so that the figures are those of the code that trains.
 */
public final class GraphCosts {
  /**
   * What a layer costs for a slice.
   *
   * @param forward operations of products in a forward pass, see {@link CountingKernel}
   * @param backward the same of a backward pass, of what is wanted there
   * @param kept numbers of its output and of its own buffers, which live as long as the engine
   */
  public record Cost(long forward, long backward, long kept) {
    /** Both together. */
    public Cost plus(Cost other) {
      return new Cost(forward + other.forward, backward + other.backward, kept + other.kept);
    }
  }

  private GraphCosts() {}

  /**
   * A cost for each layer, in their order.
   *
   * @param examples of the slice
   * @param ends the nodes whose outputs the gradient begins at
   */
  public static List<Cost> of(Graph graph, int examples, List<Integer> ends) {
    GradientPlan plan = GradientPlan.of(graph, examples, ends);
    List<Cost> costs = new ArrayList<>();
    for (int node = 0; node < graph.nodes().size(); node++) {
      costs.add(of(graph, node, examples, plan));
    }
    return costs;
  }

  /**
   * Numbers in all buffers of an engine for slices of so many examples: what the layers keep, the
   * examples, and the gradients on their way.
   *
   * @param ends the nodes whose outputs the gradient begins at
   */
  public static long engineNumbers(Graph graph, int examples, List<Integer> ends) {
    CountingKernel kernel = new CountingKernel();
    Buffer parameters = kernel.allocate(graph.size());
    kernel.takeAllocated();
    new Execution(graph, kernel, parameters, parameters, examples, ends);
    return kernel.takeAllocated();
  }

  private static Cost of(Graph graph, int number, int examples, GradientPlan plan) {
    Node node = graph.nodes().get(number);
    if (node.passesThrough()) {
      return new Cost(0, 0, 0);
    }
    CountingKernel kernel = new CountingKernel();
    Site site = site(graph, number, examples, plan, kernel);
    kernel.takeAllocated();
    Operation operation = node.layer().operation(site);
    long kept = kernel.takeAllocated() + site.output().length();
    Pass pass =
        node.inference()
            ? Pass.inference(examples)
            : new Pass(examples, Pass.Mode.TRAINING, 0, 0, 0);
    operation.forward(pass);
    long forward = kernel.takeOperations();
    if (!plan.upstream(number).isEmpty()) {
      operation.backward(pass);
    }
    return new Cost(forward, kernel.takeOperations(), kept);
  }

  private static Site site(
      Graph graph, int number, int examples, GradientPlan plan, Kernel kernel) {
    Node node = graph.nodes().get(number);
    List<Buffer> tensors = new ArrayList<>();
    for (int t = node.firstTensor(); t < node.firstTensor() + node.tensors(); t++) {
      tensors.add(kernel.allocate(graph.offset(t + 1) - graph.offset(t)));
    }
    List<Buffer> inputs = buffers(kernel, examples, node.inputShapes());
    Set<Integer> wanted = new HashSet<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (plan.inputGradient(number, i) >= 0) {
        wanted.add(i);
      }
    }
    Buffer output = buffers(kernel, examples, List.of(node.shape())).get(0);
    return new Site(
        kernel,
        number,
        examples,
        node.inputShapes(),
        node.shape(),
        inputs,
        output,
        tensors,
        output,
        inputs,
        wanted,
        tensors);
  }

  private static List<Buffer> buffers(Kernel kernel, int examples, List<Shape> shapes) {
    return shapes.stream()
        .map(shape -> kernel.allocate(Math.multiplyExact(examples, shape.size())))
        .toList();
  }
}
