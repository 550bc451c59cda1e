package io.lockstep.worker.engine.check;

import io.lockstep.common.layout.Role;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Layer;
import io.lockstep.worker.engine.layer.Operation;
import io.lockstep.worker.engine.layer.ParameterSpec;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.layer.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * sum of r_i y_i: a layer alone, in training, as a function of its inputs and tensors, seen through
 * fixed random numbers r. Inputs and tensors are standard normal; inputs that are tokens are drawn
 * evenly and are no variables.
 */
public final class LayerUnderCheck implements Differentiable {
  private final PieceKernel kernel = new PieceKernel();
  private final List<Variable> variables = new ArrayList<>();
  private final List<Buffer> inputs = new ArrayList<>();
  private final List<Buffer> values = new ArrayList<>();
  private final List<Buffer> gradients = new ArrayList<>();
  private final Buffer output;
  private final Buffer outputGradient;
  private final Buffer r;
  private final Pass pass;
  private final Operation operation;

  /**
   * @param shapes of the layer's inputs
   * @param seed draws inputs, tensors and r, and is the run's seed to the layer
   */
  public LayerUnderCheck(Layer layer, List<Shape> shapes, int examples, long seed) {
    Shape shape = layer.output(shapes);
    int n = layer.tokens().isPresent() ? 0 : shapes.size();
    for (int i = 0; i < n; i++) {
      add("input " + i, examples * shapes.get(i).size(), seed);
    }
    inputs.addAll(values);
    layer.tokens().ifPresent(tokens -> inputs.add(tokens(tokens, examples * shapes.get(0).size())));
    List<Buffer> tensors = new ArrayList<>();
    List<Buffer> tensorGradients = new ArrayList<>();
    for (ParameterSpec spec : layer.parameters(shapes)) {
      if (spec.role() == Role.STATISTICS) {
        tensors.add(statistics(spec));
        tensorGradients.add(kernel.allocate(spec.size()));
      } else {
        add(spec.suffix(), spec.size(), seed);
        tensors.add(values.get(values.size() - 1));
        tensorGradients.add(gradients.get(gradients.size() - 1));
      }
    }
    output = layer.passesThrough(shapes) ? values.get(0) : kernel.allocate(examples * shape.size());
    outputGradient = kernel.allocate(examples * shape.size());
    r = kernel.allocate(examples * shape.size());
    fill(r, RandomStream.of(seed, Purpose.GRADIENT_CHECK, -1, 0, 0));
    pass = new Pass(examples, Pass.Mode.TRAINING, seed, 0, 0);
    operation =
        layer.passesThrough(shapes)
            ? new PassThrough()
            : layer.operation(
                new Site(
                    kernel,
                    0,
                    examples,
                    shapes,
                    shape,
                    inputs,
                    output,
                    tensors,
                    outputGradient,
                    n == 0 ? List.of(kernel.allocate(0)) : gradients.subList(0, n),
                    Set.copyOf(IntStream.range(0, n).boxed().toList()),
                    tensorGradients));
  }

  /** As they begin; they have no gradient. */
  private Buffer statistics(ParameterSpec spec) {
    Buffer statistics = kernel.allocate(spec.size());
    RandomStream random = RandomStream.of(0, Purpose.INITIALIZE, 0, 0, 0);
    var values = spec.initializer().values(random, spec.shape(), spec.fanIn(), spec.fanOut());
    for (int i = 0; i < spec.size(); i++) {
      statistics.set(i, values.applyAsDouble(i));
    }
    return statistics;
  }

  private Buffer tokens(int tokens, int size) {
    Buffer drawn = kernel.allocate(size);
    RandomStream random = RandomStream.of(0, Purpose.GRADIENT_CHECK, -2, 0, 0);
    for (int i = 0; i < size; i++) {
      drawn.set(i, Math.floor(tokens * random.unit(i)));
    }
    return drawn;
  }

  private void add(String name, int size, long seed) {
    Buffer value = kernel.allocate(size);
    fill(value, RandomStream.of(seed, Purpose.GRADIENT_CHECK, variables.size(), 1, 0));
    variables.add(new Variable(name, size));
    values.add(value);
    gradients.add(kernel.allocate(size));
  }

  private static void fill(Buffer buffer, RandomStream random) {
    for (int i = 0; i < buffer.length(); i++) {
      buffer.set(i, random.normal(i));
    }
  }

  @Override
  public List<Variable> variables() {
    return List.copyOf(variables);
  }

  @Override
  public double get(int variable, int element) {
    return values.get(variable).get(element);
  }

  @Override
  public void set(int variable, int element, double value) {
    values.get(variable).set(element, value);
  }

  @Override
  public Evaluation evaluate() {
    kernel.clear();
    operation.forward(
        new Pass(pass.examples(), Pass.Mode.DIFFERENCE, pass.seed(), pass.step(), pass.stream()));
    double sum = 0;
    for (int i = 0; i < r.length(); i++) {
      sum += r.get(i) * output.get(i);
    }
    return new Evaluation(sum, kernel.piece());
  }

  @Override
  public double[][] gradient() {
    operation.forward(pass);
    kernel.copy(r, outputGradient, r.length());
    operation.backward(pass);
    double[][] result = new double[values.size()][];
    for (int v = 0; v < result.length; v++) {
      result[v] = new double[variables.get(v).size()];
      gradients.get(v).read(0, result[v], result[v].length);
    }
    return result;
  }

  /** The output is the input, and so are their gradients. */
  private final class PassThrough implements Operation {
    @Override
    public void forward(Pass pass) {}

    @Override
    public void backward(Pass pass) {
      kernel.copy(outputGradient, gradients.get(0), outputGradient.length());
    }
  }
}
