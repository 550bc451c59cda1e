package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/** Two or more inputs of one shape, number by number: their sum, or their product. */
final class Combination implements Layer {
  static final Registry.Entry<Layer> ADD =
      new Registry.Entry<>(
          "add",
          "the sum of its inputs, number by number",
          List.of(),
          section -> new Combination(section, Kind.SUM));

  static final Registry.Entry<Layer> MULTIPLY =
      new Registry.Entry<>(
          "multiply",
          "the product of its inputs, number by number",
          List.of(),
          section -> new Combination(section, Kind.PRODUCT));

  private enum Kind {
    SUM,
    PRODUCT
  }

  private final Place place;
  private final Kind kind;

  private Combination(Options section, Kind kind) {
    this.place = new Place(section);
    this.kind = kind;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.same(inputs);
  }

  @Override
  public Operation operation(Site site) {
    return kind == Kind.SUM ? new Sum(site) : new Product(site);
  }

  private record Sum(Site site) implements Operation {
    @Override
    public void forward(Pass pass) {
      int n = pass.examples() * site.outputShape().size();
      List<Buffer> inputs = site.inputs();
      site.kernel().add(inputs.get(0), inputs.get(1), site.output(), n);
      for (int i = 2; i < inputs.size(); i++) {
        site.kernel().add(site.output(), inputs.get(i), site.output(), n);
      }
    }

    @Override
    public void backward(Pass pass) {
      int n = pass.examples() * site.outputShape().size();
      for (int i = 0; i < site.inputs().size(); i++) {
        if (site.wanted().contains(i)) {
          site.kernel().copy(site.outputGradient(), site.inputGradients().get(i), n);
        }
      }
    }
  }

  private record Product(Site site) implements Operation {
    @Override
    public void forward(Pass pass) {
      product(-1, site.output(), pass.examples() * site.outputShape().size());
    }

    /** dx_i = dy times all inputs but x_i. */
    @Override
    public void backward(Pass pass) {
      int n = pass.examples() * site.outputShape().size();
      for (int i = 0; i < site.inputs().size(); i++) {
        if (site.wanted().contains(i)) {
          Buffer dx = site.inputGradients().get(i);
          product(i, dx, n);
          site.kernel().multiply(dx, site.outputGradient(), dx, n);
        }
      }
    }

    /** The product of all inputs but one. */
    private void product(int without, Buffer result, int n) {
      Kernel kernel = site.kernel();
      int first = without == 0 ? 1 : 0;
      kernel.copy(site.inputs().get(first), result, n);
      for (int i = first + 1; i < site.inputs().size(); i++) {
        if (i != without) {
          kernel.multiply(result, site.inputs().get(i), result, n);
        }
      }
    }
  }
}
