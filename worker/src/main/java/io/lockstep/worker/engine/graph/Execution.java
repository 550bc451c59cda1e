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
 * layer, to the {@link GradientSink}, those of shared tensors by way of one where they are added
 * up. Nodes below which nothing learns compute no gradient of their inputs. Belongs to one thread;
 * several may share the parameters, which it only reads.
 */
public final class Execution {
  private final Graph graph;
  private final Kernel kernel;
  private final Buffer empty;
  private final List<Input> inputs = new ArrayList<>();
  private final Step[] steps;
  private final List<Buffer> outputs = new ArrayList<>();
  private final List<Buffer> outputGradients = new ArrayList<>();
  private final List<Tensor> unreached = new ArrayList<>();

  /** An input's examples, as they come and as they lie. */
  private record Input(Shape shape, Buffer staged, Buffer examples) {}

  /** A node at work. */
  private record Step(
      Operation operation,
      boolean inference,
      List<Buffer> upstream,
      int outputSize,
      List<Tensor> tensors) {}

  /**
   * A tensor's gradient, and where it goes.
   *
   * @param gradient as a node makes it
   * @param sum where those of several nodes are added up; the same buffer where it is the only one
   * @param first whether it is the first of them, in the order of the backward pass
   * @param last whether it is the last of them, after which the sum is complete
   */
  private record Tensor(int offset, Buffer gradient, Buffer sum, boolean first, boolean last) {}

  /**
   * A graph whose gradient begins at its last layer.
   *
   * @param parameters [size of the graph]; only read
   * @param maxExamples most examples of a slice, at least 1
   */
  public Execution(Graph graph, Kernel kernel, Buffer parameters, int maxExamples) {
    this(graph, kernel, parameters, parameters, maxExamples, List.of(graph.last()));
  }

  /**
   * @param parameters [size of the graph]; only read
   * @param held what frozen layers read: the parameters, or what they were before others changed
   * @param maxExamples most examples of a slice, at least 1
   * @param ends the nodes whose outputs the gradient begins at, below 0 for inputs
   */
  public Execution(
      Graph graph,
      Kernel kernel,
      Buffer parameters,
      Buffer held,
      int maxExamples,
      List<Integer> ends) {
    this.graph = graph;
    this.kernel = kernel;
    this.empty = kernel.allocate(0);
    for (int i = 0; i < graph.inputs(); i++) {
      Shape shape = graph.inputShape(i);
      int length = elements(maxExamples, shape);
      Buffer staged = shape.liesAsWritten() ? empty : kernel.allocate(length);
      inputs.add(new Input(shape, staged, kernel.allocate(length)));
    }
    GradientPlan plan = GradientPlan.of(graph, maxExamples, ends);
    List<Buffer> slots = plan.lengths().stream().map(kernel::allocate).toList();
    SharedGradients shared = new SharedGradients(plan);
    Buffer idle = kernel.allocate(longestIdle(plan, maxExamples));
    List<Node> nodes = graph.nodes();
    steps = new Step[steps()];
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (node.passesThrough()) {
        outputs.add(output(node.inputs().get(0)));
        steps[i] = new Step(new Nothing(), false, List.of(), 0, List.of());
        continue;
      }
      outputs.add(kernel.allocate(elements(maxExamples, node.shape())));
      Buffer read = node.learns() ? parameters : held;
      steps[i] = step(i, read, shared, plan, slots, idle, maxExamples);
    }
    for (int i = 0; i < ends.size(); i++) {
      int length = elements(maxExamples, graph.shape(ends.get(i)));
      outputGradients.add(slots.get(plan.output(i)).view(0, length));
    }
    shared.addUnreached();
  }

  private Step step(
      int number,
      Buffer parameters,
      SharedGradients shared,
      GradientPlan plan,
      List<Buffer> slots,
      Buffer idle,
      int maxExamples) {
    Node node = graph.nodes().get(number);
    List<Buffer> tensors = new ArrayList<>();
    List<Tensor> tensorGradients = new ArrayList<>();
    for (int t = node.firstTensor(); t < node.firstTensor() + node.tensors(); t++) {
      int offset = graph.offset(t);
      tensors.add(parameters.view(offset, graph.offset(t + 1) - offset));
      tensorGradients.add(shared.tensor(number, t));
    }
    int size = node.shape().size();
    List<Buffer> upstream =
        plan.upstream(number).stream().map(s -> slots.get(s).view(0, maxExamples * size)).toList();
    List<Buffer> nodeInputs = node.inputs().stream().map(this::output).toList();
    List<Buffer> inputGradients = new ArrayList<>();
    Set<Integer> wanted = new HashSet<>();
    for (int i = 0; i < nodeInputs.size(); i++) {
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
            nodeInputs,
            outputs.get(number),
            tensors,
            upstream.isEmpty() ? idle.view(0, maxExamples * size) : upstream.get(0),
            inputGradients,
            wanted,
            tensorGradients.stream().map(Tensor::gradient).toList());
    List<Tensor> learned =
        node.learns() && !upstream.isEmpty() ? List.copyOf(tensorGradients) : List.of();
    return new Step(node.layer().operation(site), node.inference(), upstream, size, learned);
  }

  /** The longest output whose gradient is not computed: layers look at its buffer all the same. */
  private int longestIdle(GradientPlan plan, int maxExamples) {
    int longest = 0;
    for (int i = 0; i < steps(); i++) {
      if (plan.upstream(i).isEmpty() && !graph.nodes().get(i).passesThrough()) {
        longest = Math.max(longest, elements(maxExamples, graph.shape(i)));
      }
    }
    return longest;
  }

  private int steps() {
    return graph.nodes().size();
  }

  /** The buffers of the tensors' gradients, with the sums of those that several nodes use. */
  private final class SharedGradients {
    private final Buffer staged = kernel.allocate(largestLayer());
    private final int[] firstUser = new int[graph.tensors().size()];
    private final int[] lastUser = new int[graph.tensors().size()];
    private final Buffer[] sums = new Buffer[graph.tensors().size()];

    SharedGradients(GradientPlan plan) {
      java.util.Arrays.fill(firstUser, -1);
      for (int n = 0; n < graph.nodes().size(); n++) {
        Node node = graph.nodes().get(n);
        for (int t = node.firstTensor(); t < node.firstTensor() + node.tensors(); t++) {
          if (node.learns() && !plan.upstream(n).isEmpty()) {
            firstUser[t] = firstUser[t] < 0 ? n : firstUser[t];
            lastUser[t] = n;
          }
        }
      }
      for (int t = 0; t < sums.length; t++) {
        sums[t] = firstUser[t] < lastUser[t] ? kernel.allocate(length(t)) : empty;
      }
    }

    /** The backward pass comes to the last user first. */
    Tensor tensor(int node, int t) {
      int first = graph.offset(graph.nodes().get(node).firstTensor());
      Buffer gradient = staged.view(graph.offset(t) - first, length(t));
      boolean only = sums[t].length() == 0;
      return new Tensor(
          graph.offset(t),
          gradient,
          only ? gradient : sums[t],
          node == lastUser[t],
          node == firstUser[t]);
    }

    /** Those that no gradient comes to: theirs is zero. */
    void addUnreached() {
      int longest = 0;
      for (int t = 0; t < firstUser.length; t++) {
        longest = firstUser[t] < 0 ? Math.max(longest, length(t)) : longest;
      }
      Buffer zeros = kernel.allocate(longest);
      for (int t = 0; t < firstUser.length; t++) {
        if (firstUser[t] < 0) {
          Buffer zero = zeros.view(0, length(t));
          unreached.add(new Tensor(graph.offset(t), zero, zero, true, true));
        }
      }
    }

    private int length(int t) {
      return graph.offset(t + 1) - graph.offset(t);
    }
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
   * @param features [examples, inputs] from element 0, images channel by channel; not modified
   */
  public void input(float[] features, int examples) {
    int at = 0;
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      int size = input.shape().size();
      boolean asWritten = input.shape().liesAsWritten();
      Buffer target = asWritten ? input.examples() : input.staged();
      if (inputs.size() == 1) {
        target.write(0, features, 0, examples * size);
      } else {
        for (int e = 0; e < examples; e++) {
          target.write(e * size, features, e * graph.inputSize() + at, size);
        }
      }
      if (!asWritten) {
        int channels = input.shape().channels();
        kernel.transpose(target, input.examples(), examples, channels, input.shape().positions());
      }
      at += size;
    }
  }

  /** Computes all outputs. */
  public void forward(Pass pass) {
    for (Step step : steps) {
      step.operation().forward(of(step, pass));
    }
  }

  private static Pass of(Step step, Pass pass) {
    return step.inference() ? Pass.inference(pass.examples()) : pass;
  }

  /** What the last layer puts out, [examples, output]. */
  public Buffer output() {
    return outputs.get(outputs.size() - 1);
  }

  /** What a node puts out, or what an input holds, [examples, output]. */
  public Buffer output(int node) {
    return node < 0 ? inputs.get(-1 - node).examples() : outputs.get(node);
  }

  /** As {@link #outputGradient(int)}, of the first of the ends. */
  public Buffer outputGradient() {
    return outputGradient(0);
  }

  /**
   * The gradient of the output of an end, by its number among them, [examples, output], to be
   * written before backward.
   */
  public Buffer outputGradient(int end) {
    return outputGradients.get(end);
  }

  /**
   * Computes the gradients of all parameters, sums over the examples, after {@link #forward} of the
   * same pass.
   */
  public void backward(Pass pass, GradientSink sink) {
    for (int i = steps.length - 1; i >= 0; i--) {
      Step step = steps[i];
      if (step.upstream().isEmpty()) {
        continue;
      }
      int n = pass.examples() * step.outputSize();
      for (int u = 1; u < step.upstream().size(); u++) {
        kernel.add(step.upstream().get(0), step.upstream().get(u), step.upstream().get(0), n);
      }
      step.operation().backward(of(step, pass));
      for (Tensor tensor : step.tensors()) {
        add(tensor);
        if (tensor.last()) {
          sink.take(tensor.offset(), tensor.sum());
        }
      }
    }
    for (Tensor tensor : unreached) {
      sink.take(tensor.offset(), tensor.sum());
    }
  }

  private void add(Tensor tensor) {
    if (tensor.gradient() == tensor.sum()) {
      return;
    }
    int n = tensor.gradient().length();
    if (tensor.first()) {
      kernel.copy(tensor.gradient(), tensor.sum(), n);
    } else {
      kernel.add(tensor.gradient(), tensor.sum(), tensor.sum(), n);
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
