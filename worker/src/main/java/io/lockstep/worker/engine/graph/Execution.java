package io.lockstep.worker.engine.graph;

import io.lockstep.worker.engine.kernel.Buffer;
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
 * A graph at work: every buffer made once, forward and backward as often as one likes. Outputs are
 * kept from forward to backward; the gradients of outputs share memory as soon as they have been
 * used; the gradients of parameters pass through one buffer, as large as those of the largest
 * layer, to the {@link GradientSink}. Nodes below which no parameters lie compute no gradient of
 * their inputs. Belongs to one thread; several may share the parameters, which it only reads.
 */
public final class Execution {
  private final Graph graph;
  private final Kernel kernel;
  private final Buffer empty;
  private final Buffer staged;
  private final Buffer input;
  private final Step[] steps;
  private final Buffer output;
  private final Buffer outputGradient;

  /** A node at work. */
  private record Step(
      Operation operation, List<Buffer> upstream, int outputSize, List<Tensor> tensors) {}

  /** A tensor's gradient, and where it goes. */
  private record Tensor(int offset, Buffer gradient) {}

  /**
   * @param parameters [size of the graph]; only read
   * @param maxExamples most examples of a slice, at least 1
   */
  public Execution(Graph graph, Kernel kernel, Buffer parameters, int maxExamples) {
    this.graph = graph;
    this.kernel = kernel;
    this.empty = kernel.allocate(0);
    this.staged =
        graph.input().liesAsWritten()
            ? empty
            : kernel.allocate(elements(maxExamples, graph.input()));
    this.input = kernel.allocate(elements(maxExamples, graph.input()));
    GradientPlan plan = GradientPlan.of(graph, maxExamples);
    List<Buffer> slots = plan.lengths().stream().map(kernel::allocate).toList();
    Buffer gradients = kernel.allocate(largestLayer());
    List<Node> nodes = graph.nodes();
    List<Buffer> outputs = new ArrayList<>();
    steps = new Step[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      List<Buffer> inputs =
          node.inputs().stream().map(n -> n < 0 ? input : outputs.get(n)).toList();
      if (node.passesThrough()) {
        outputs.add(inputs.get(0));
        steps[i] = new Step(new Nothing(), List.of(), 0, List.of());
        continue;
      }
      outputs.add(kernel.allocate(elements(maxExamples, node.shape())));
      steps[i] = step(i, inputs, outputs.get(i), parameters, gradients, plan, slots, maxExamples);
    }
    output = outputs.get(nodes.size() - 1);
    outputGradient =
        slots
            .get(plan.upstream(nodes.size() - 1).get(0))
            .view(0, elements(maxExamples, graph.output()));
  }

  private Step step(
      int number,
      List<Buffer> inputs,
      Buffer nodeOutput,
      Buffer parameters,
      Buffer gradients,
      GradientPlan plan,
      List<Buffer> slots,
      int maxExamples) {
    Node node = graph.nodes().get(number);
    List<Buffer> tensors = new ArrayList<>();
    List<Tensor> tensorGradients = new ArrayList<>();
    int first = graph.offset(node.firstTensor());
    for (int t = node.firstTensor(); t < node.firstTensor() + node.tensors(); t++) {
      int offset = graph.offset(t);
      int length = graph.offset(t + 1) - offset;
      tensors.add(parameters.view(offset, length));
      tensorGradients.add(new Tensor(offset, gradients.view(offset - first, length)));
    }
    int size = node.shape().size();
    List<Buffer> upstream =
        plan.upstream(number).stream().map(s -> slots.get(s).view(0, maxExamples * size)).toList();
    List<Buffer> inputGradients = new ArrayList<>();
    Set<Integer> wanted = new HashSet<>();
    for (int i = 0; i < inputs.size(); i++) {
      int slot = plan.inputGradient(number, i);
      if (slot >= 0) {
        wanted.add(i);
      }
      int length = elements(maxExamples, node.inputShapes().get(i));
      inputGradients.add(slot >= 0 ? slots.get(slot).view(0, length) : empty);
    }
    Site site =
        new Site(
            kernel,
            number,
            maxExamples,
            node.inputShapes(),
            node.shape(),
            inputs,
            nodeOutput,
            tensors,
            upstream.isEmpty() ? empty : upstream.get(0),
            inputGradients,
            wanted,
            tensorGradients.stream().map(Tensor::gradient).toList());
    return new Step(node.layer().operation(site), upstream, size, List.copyOf(tensorGradients));
  }

  private int largestLayer() {
    return graph.nodes().stream()
        .mapToInt(
            node ->
                graph.offset(node.firstTensor() + node.tensors())
                    - graph.offset(node.firstTensor()))
        .max()
        .orElse(0);
  }

  private static int elements(int examples, Shape shape) {
    return Math.multiplyExact(examples, shape.size());
  }

  /**
   * Takes the examples in.
   *
   * @param features [examples, input] from element 0, images channel by channel; not modified
   */
  public void input(float[] features, int examples) {
    Shape shape = graph.input();
    if (shape.liesAsWritten()) {
      input.write(0, features, 0, examples * shape.size());
    } else {
      staged.write(0, features, 0, examples * shape.size());
      kernel.transpose(staged, input, examples, shape.channels(), shape.positions());
    }
  }

  /** Computes all outputs. */
  public void forward(Pass pass) {
    for (Step step : steps) {
      step.operation().forward(pass);
    }
  }

  /** What the last layer puts out, [examples, output]. */
  public Buffer output() {
    return output;
  }

  /** The gradient of the last output, [examples, output], to be written before backward. */
  public Buffer outputGradient() {
    return outputGradient;
  }

  /**
   * Computes the gradients of all parameters, sums over the examples, after {@link #forward} of the
   * same pass.
   */
  public void backward(Pass pass, GradientSink sink) {
    for (int i = steps.length - 1; i >= 0; i--) {
      Step step = steps[i];
      int n = pass.examples() * step.outputSize();
      for (int u = 1; u < step.upstream().size(); u++) {
        kernel.add(step.upstream().get(0), step.upstream().get(u), step.upstream().get(0), n);
      }
      if (!step.upstream().isEmpty()) {
        step.operation().backward(pass);
      }
      for (Tensor tensor : step.tensors()) {
        sink.take(tensor.offset(), tensor.gradient());
      }
    }
  }

  /** A node whose output is its input. */
  private static final class Nothing implements Operation {
    @Override
    public void forward(Pass pass) {}

    @Override
    public void backward(Pass pass) {}
  }
}
