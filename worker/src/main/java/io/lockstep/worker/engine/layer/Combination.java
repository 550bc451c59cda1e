package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Identity;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Optional;

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
  private final Activation activation;

  private Combination(Options section, Kind kind) {
    this(new Place(section), kind, new Identity());
  }

  private Combination(Place place, Kind kind, Activation activation) {
    this.place = place;
    this.kind = kind;
    this.activation = activation;
  }

  @Override
  public Optional<Layer> with(Activation following) {
    return kind == Kind.SUM
        ? Optional.of(new Combination(place, kind, following))
        : Optional.empty();
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.same(inputs);
  }

  @Override
  public Operation operation(Site site) {
    return kind == Kind.SUM ? new Sum(site, activation) : new Product(site);
  }

  /** Adds a part of the slice and goes on to the activation while it is still near. */
  private static final class Sum implements Operation {
    private final Site site;
    private final Kernel kernel;
    private final int channels;
    private final int positions;
    private final List<Part> parts;

    Sum(Site site, Activation activation) {
      this.site = site;
      this.kernel = site.kernel();
      this.channels = site.outputShape().channels();
      this.positions = site.outputShape().positions();
      this.parts =
          ActivationWork.after(site, activation)
              .parts(Math.multiplyExact(site.maxExamples(), positions))
              .stream()
              .map(this::part)
              .toList();
    }

    /** Some rows of the inputs, and of the gradients of those that want one. */
    private record Part(
        ActivationWork.Part rows, List<Buffer> inputs, List<Buffer> inputGradients) {}

    private Part part(ActivationWork.Part rows) {
      int from = rows.firstRow() * channels;
      int length = rows.rows() * channels;
      return new Part(
          rows,
          site.inputs().stream().map(input -> input.view(from, length)).toList(),
          site.wanted().stream()
              .sorted()
              .map(wanted -> site.inputGradients().get(wanted).view(from, length))
              .toList());
    }

    @Override
    public void forward(Pass pass) {
      for (Part part : parts) {
        int rows = part.rows().of(pass.examples() * positions);
        int n = rows * channels;
        List<Buffer> inputs = part.inputs();
        Buffer sum = part.rows().activation().z();
        kernel.add(inputs.get(0), inputs.get(1), sum, n);
        for (int i = 2; i < inputs.size(); i++) {
          kernel.add(sum, inputs.get(i), sum, n);
        }
        part.rows().activation().forward(rows);
      }
    }

    @Override
    public void backward(Pass pass) {
      for (Part part : parts) {
        int rows = part.rows().of(pass.examples() * positions);
        ActivationWork activation = part.rows().activation();
        activation.backward(rows, Target.SET);
        for (Buffer inputGradient : part.inputGradients()) {
          kernel.copy(activation.dz(), inputGradient, rows * channels);
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
