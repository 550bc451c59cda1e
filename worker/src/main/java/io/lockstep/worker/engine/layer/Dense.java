package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * y = f(x W + b), with W [in, units] and b [units]; of a sequence, at each of its positions:
 * [length, in] becomes [length, units].
 */
final class Dense implements Layer {
  private static final Key<Integer> UNITS =
      Key.integer("units", 0, Range.closed(1, Integer.MAX_VALUE), "numbers that come out")
          .required();

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "dense",
          "every output from every input: f(x W + b), W [in, units], b [units]",
          keys(),
          Dense::new);

  private final Place place;
  private final int units;
  private final Activation activation;
  private final Weights weights;

  private Dense(Options section) {
    place = new Place(section);
    units = section.get(UNITS);
    activation = Activations.of(section);
    weights = Weights.of(section, activation);
  }

  private static List<Key<?>> keys() {
    List<Key<?>> keys = new ArrayList<>(List.of(UNITS, Activations.KEY));
    keys.addAll(Weights.KEYS);
    return keys;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.features(inputs).withChannels(units);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    int in = inputs.get(0).channels();
    List<ParameterSpec> specs =
        new ArrayList<>(weights.specs(List.of(in, units), units, in, units));
    specs.addAll(ActivationWork.specs(activation, units));
    return specs;
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, activation, weights.bias());
  }

  private static final class Work implements Operation {
    private final Site site;
    private final Kernel kernel;
    private final ActivationWork activation;
    private final boolean bias;
    private final int in;
    private final int units;
    private final int positions;

    Work(Site site, Activation activation, boolean bias) {
      this.site = site;
      this.kernel = site.kernel();
      this.activation = ActivationWork.after(site, activation);
      this.bias = bias;
      this.in = site.inputShape().channels();
      this.units = site.outputShape().channels();
      this.positions = site.outputShape().positions();
    }

    /** z = x W + b, y = f(z). */
    @Override
    public void forward(Pass pass) {
      int n = pass.examples() * positions;
      Buffer z = activation.z();
      if (bias) {
        kernel.repeatRow(site.parameters().get(1), 0, z, n, units);
      }
      kernel.gemm(
          Transpose.NO,
          Transpose.NO,
          n,
          units,
          in,
          site.input(),
          0,
          in,
          site.parameters().get(0),
          0,
          units,
          bias ? Target.ADD : Target.SET,
          z,
          0,
          units);
      activation.forward(n);
    }

    /** dz = f'(dy), dW = x' dz, db = the sum of dz's rows, dx = dz W'. */
    @Override
    public void backward(Pass pass) {
      int n = pass.examples() * positions;
      activation.backward(n, Target.SET);
      Buffer dz = activation.dz();
      kernel.gemm(
          Transpose.YES,
          Transpose.NO,
          in,
          units,
          n,
          site.input(),
          0,
          in,
          dz,
          0,
          units,
          Target.SET,
          site.gradients().get(0),
          0,
          units);
      if (bias) {
        kernel.sumRows(dz, n, units, Target.SET, site.gradients().get(1), 0);
      }
      if (site.wantsInputGradient()) {
        kernel.gemm(
            Transpose.NO,
            Transpose.YES,
            n,
            in,
            units,
            dz,
            0,
            units,
            site.parameters().get(0),
            0,
            units,
            Target.SET,
            site.inputGradient(),
            0,
            in);
      }
    }
  }
}
