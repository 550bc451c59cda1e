package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Mask;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Matrix.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link MultiHeadAttention} at work. One product makes queries, keys and values of all positions;
 * BLAS takes each head's columns where they lie, by the distance of the rows, so nothing is
 * permuted. The weights of a head lie [keys, queries], as {@link Kernel#attentionWeights} wants
 * them, and are kept for the backward pass.
 */
final class AttentionWork implements Operation {
  private final Site site;
  private final Kernel kernel;
  private final int heads;
  private final Mask mask;
  private final boolean bias;
  private final int width;
  private final int headWidth;
  private final int queries;
  private final int keys;
  private final double scale;
  private final List<Projection> projections;
  private final Part query;
  private final Part key;
  private final Part value;
  private final Matrix weights;
  private final Matrix weightsGradient;
  private final Matrix heard;
  private final Matrix heardGradient;
  private final Thinned thinned;

  AttentionWork(Site site, int heads, Mask mask, float dropout, boolean bias) {
    this.site = site;
    this.kernel = site.kernel();
    this.heads = heads;
    this.mask = mask;
    this.bias = bias;
    Shape from = site.inputShapes().get(0);
    Shape to = site.inputShapes().get(site.inputShapes().size() - 1);
    width = from.channels();
    headWidth = width / heads;
    queries = from.positions();
    keys = to.positions();
    scale = 1 / Math.sqrt(headWidth);
    if (site.inputs().size() == 1) {
      Projection all = new Projection(0, 0, 3);
      projections = List.of(all);
      query = new Part(all, 0);
      key = new Part(all, 1);
      value = new Part(all, 2);
    } else {
      Projection asked = new Projection(0, 0, 1);
      Projection told = new Projection(1, 1, 2);
      projections = List.of(asked, told);
      query = new Part(asked, 0);
      key = new Part(told, 0);
      value = new Part(told, 1);
    }
    int ofExample = Math.multiplyExact(heads * keys, queries);
    int all = Math.multiplyExact(site.maxExamples(), ofExample);
    weights = Matrix.of(kernel.allocate(all), queries);
    weightsGradient = Matrix.of(kernel.allocate(keys * queries), queries);
    int outputs = site.maxExamples() * queries * width;
    heard = Matrix.of(kernel.allocate(outputs), width);
    heardGradient = Matrix.of(kernel.allocate(outputs), width);
    thinned = new Thinned(dropout);
  }

  @Override
  public void forward(Pass pass) {
    int rows = pass.examples() * queries;
    projections.forEach(projection -> projection.forward(pass.examples()));
    boolean thin = thinned.draw(pass);
    for (int head = 0; head < pass.examples() * heads; head++) {
      attend(head / heads, head % heads, thin);
    }
    if (bias) {
      kernel.repeatRow(site.parameters().get(3), 0, site.output(), rows, width);
    }
    Matrix y = Matrix.of(site.output(), width);
    y.product(kernel, target(), Form.AB, rows, width, width, heard, outward(site.parameters()));
  }

  /** w = softmax(k q' / sqrt d) by columns, o = w' v. */
  private void attend(int example, int head, boolean thin) {
    Matrix w = weights(example, head);
    Matrix q = query.of(example, head);
    Matrix k = key.of(example, head);
    w.product(kernel, Target.SET, Form.ABT, keys, queries, headWidth, k, q);
    kernel.attentionWeights(scale, mask, keys, queries, w.buffer(), w.offset());
    Matrix used = thin ? thinned.weights(example, head) : w;
    Matrix v = value.of(example, head);
    heard(heard, example, head)
        .product(kernel, Target.SET, Form.ATB, queries, headWidth, keys, used, v);
  }

  @Override
  public void backward(Pass pass) {
    int rows = pass.examples() * queries;
    Matrix dy = Matrix.of(site.outputGradient(), width);
    outward(site.gradients()).product(kernel, Target.SET, Form.ATB, width, width, rows, heard, dy);
    if (bias) {
      kernel.sumRows(dy.buffer(), rows, width, Target.SET, site.gradients().get(3), 0);
    }
    heardGradient.product(
        kernel, Target.SET, Form.ABT, rows, width, width, dy, outward(site.parameters()));
    boolean thin = thinned.used(pass);
    for (int head = 0; head < pass.examples() * heads; head++) {
      attendBackward(head / heads, head % heads, thin);
    }
    projections.forEach(projection -> projection.backward(pass.examples()));
  }

  /** dv = w do, dw = v do', ds by the softmax, dq = ds' k, dk = ds q. */
  private void attendBackward(int example, int head, boolean thin) {
    Matrix w = weights(example, head);
    Matrix used = thin ? thinned.weights(example, head) : w;
    Matrix upstream = heard(heardGradient, example, head);
    value
        .gradient(example, head)
        .product(kernel, Target.SET, Form.AB, keys, headWidth, queries, used, upstream);
    Matrix v = value.of(example, head);
    Matrix ds = weightsGradient;
    ds.product(kernel, Target.SET, Form.ABT, keys, queries, headWidth, v, upstream);
    if (thin) {
      thinned.thin(ds.buffer(), example, head);
    }
    kernel.attentionWeightsGradient(
        scale, keys, queries, w.buffer(), w.offset(), ds.buffer(), ds.offset());
    query
        .gradient(example, head)
        .product(kernel, Target.SET, Form.ATB, queries, headWidth, keys, ds, key.of(example, head));
    key.gradient(example, head)
        .product(
            kernel, Target.SET, Form.AB, keys, headWidth, queries, ds, query.of(example, head));
  }

  private Matrix weights(int example, int head) {
    return weights.from((example * heads + head) * keys * queries);
  }

  /** A head's columns of what an example's queries hear, or of its gradient. */
  private Matrix heard(Matrix all, int example, int head) {
    return all.from(example * queries * width + head * headWidth);
  }

  private Target target() {
    return bias ? Target.ADD : Target.SET;
  }

  private Matrix inward(List<Buffer> tensors, int firstColumn) {
    return Matrix.of(tensors.get(0), 3 * width).from(firstColumn);
  }

  private Matrix outward(List<Buffer> tensors) {
    return Matrix.of(tensors.get(bias ? 2 : 1), width);
  }

  /** x W of one input, with some of the thirds of W: of self-attention all. */
  private final class Projection {
    private final int input;
    final int positions;
    private final int firstColumn;
    private final int columns;
    final Matrix numbers;
    final Matrix gradient;

    Projection(int input, int firstThird, int thirds) {
      this.input = input;
      positions = site.inputShapes().get(input).positions();
      firstColumn = firstThird * width;
      columns = thirds * width;
      int length = Math.multiplyExact(site.maxExamples() * positions, columns);
      numbers = Matrix.of(kernel.allocate(length), columns);
      gradient = Matrix.of(kernel.allocate(length), columns);
    }

    void forward(int examples) {
      int rows = examples * positions;
      if (bias) {
        kernel.repeatRow(site.parameters().get(1), firstColumn, numbers.buffer(), rows, columns);
      }
      Matrix x = Matrix.of(site.inputs().get(input), width);
      Matrix w = inward(site.parameters(), firstColumn);
      numbers.product(kernel, target(), Form.AB, rows, columns, width, x, w);
    }

    /** dW = x' dz, db = the sum of dz's rows, dx = dz W'. */
    void backward(int examples) {
      int rows = examples * positions;
      Matrix x = Matrix.of(site.inputs().get(input), width);
      inward(site.gradients(), firstColumn)
          .product(kernel, Target.SET, Form.ATB, width, columns, rows, x, gradient);
      if (bias) {
        Buffer sums = site.gradients().get(1);
        kernel.sumRows(gradient.buffer(), rows, columns, Target.SET, sums, firstColumn);
      }
      if (site.wanted().contains(input)) {
        Matrix w = inward(site.parameters(), firstColumn);
        Matrix.of(site.inputGradients().get(input), width)
            .product(kernel, Target.SET, Form.ABT, rows, width, columns, gradient, w);
      }
    }
  }

  /** Queries, keys or values: a run of a projection's columns. */
  private final class Part {
    private final Projection projection;
    private final int column;

    Part(Projection projection, int third) {
      this.projection = projection;
      column = third * width;
    }

    Matrix of(int example, int head) {
      return projection.numbers.from(offset(example, head));
    }

    Matrix gradient(int example, int head) {
      return projection.gradient.from(offset(example, head));
    }

    private int offset(int example, int head) {
      return example * projection.positions * projection.columns + column + head * headWidth;
    }
  }

  /** Weights of which dropout has taken some away, a head at a time. */
  private final class Thinned {
    private final boolean present;
    private final DropoutMask drawn;
    private final Matrix left;
    private final List<Buffer> whole = new ArrayList<>();
    private final List<Buffer> masks = new ArrayList<>();

    Thinned(float rate) {
      present = rate > 0;
      int head = keys * queries;
      int count = present ? site.maxExamples() * heads : 0;
      drawn = new DropoutMask(site, rate, count * head);
      left = Matrix.of(kernel.allocate(present ? head : 0), queries);
      for (int i = 0; i < count; i++) {
        whole.add(weights.buffer().view(i * head, head));
        masks.add(drawn.numbers().view(i * head, head));
      }
    }

    boolean used(Pass pass) {
      return present && pass.isTraining();
    }

    /** Draws for a pass; whether there is anything to drop. */
    boolean draw(Pass pass) {
      if (used(pass)) {
        drawn.draw(pass, pass.examples() * heads * keys * queries);
      }
      return used(pass);
    }

    Matrix weights(int example, int head) {
      int number = example * heads + head;
      kernel.multiply(whole.get(number), masks.get(number), left.buffer(), keys * queries);
      return left;
    }

    void thin(Buffer numbers, int example, int head) {
      kernel.multiply(numbers, masks.get(example * heads + head), numbers, keys * queries);
    }
  }
}
