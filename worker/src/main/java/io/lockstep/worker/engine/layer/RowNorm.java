package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Centre;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * The normalisations of every position over its channels, of features over all of them, the same in
 * training and inference:
 *
 * <pre>
 * layer-norm   y = (x - mean) / sqrt(variance + epsilon) gamma + beta     (Ba, Kiros, Hinton 2016)
 * rms-norm     y = x / sqrt(mean of x^2 + epsilon) gamma                  (Zhang, Sennrich 2019)
 * </pre>
 *
 * The variance is over n, not n - 1. Over a whole image normalises {@link GroupNorm} with one
 * group.
 */
final class RowNorm implements Layer {
  private static final List<Key<?>> LAYER_KEYS =
      List.of(GainAndShift.EPSILON, GainAndShift.SCALE, GainAndShift.SHIFT);
  private static final List<Key<?>> RMS_KEYS = List.of(GainAndShift.EPSILON, GainAndShift.SCALE);

  static final Registry.Entry<Layer> LAYER =
      new Registry.Entry<>(
          "layer-norm",
          "features, or each position's channels, less their mean, over their deviation (Ba, Kiros,"
              + " Hinton 2016)",
          LAYER_KEYS,
          options -> new RowNorm(options, Centre.MEAN, GainAndShift.of(options)));

  static final Registry.Entry<Layer> RMS =
      new Registry.Entry<>(
          "rms-norm",
          "features, or each position's channels, over the root of their mean square (Zhang,"
              + " Sennrich 2019)",
          RMS_KEYS,
          options ->
              new RowNorm(
                  options, Centre.ZERO, new GainAndShift(options.get(GainAndShift.SCALE), false)));

  private final Place place;
  private final Centre centre;
  private final double epsilon;
  private final GainAndShift affine;

  private RowNorm(Options section, Centre centre, GainAndShift affine) {
    this.place = new Place(section);
    this.centre = centre;
    this.epsilon = section.get(GainAndShift.EPSILON);
    this.affine = affine;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.single(inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    return affine.specs(inputs.get(0).channels());
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, centre, epsilon, affine);
  }

  private static final class Work implements Operation {
    private final Site site;
    private final Kernel kernel;
    private final Centre centre;
    private final double epsilon;
    private final GainAndShift affine;
    private final int channels;
    private final int positions;
    private final double[] means;
    private final double[] inverses;
    private final double[] sums;
    private final double[] products;

    Work(Site site, Centre centre, double epsilon, GainAndShift affine) {
      this.site = site;
      this.kernel = site.kernel();
      this.centre = centre;
      this.epsilon = epsilon;
      this.affine = affine;
      this.channels = site.inputShape().channels();
      this.positions = site.inputShape().positions();
      this.means = new double[Math.multiplyExact(site.maxExamples(), positions)];
      this.inverses = new double[means.length];
      this.sums = new double[channels];
      this.products = new double[channels];
    }

    @Override
    public void forward(Pass pass) {
      kernel.normalizeRows(
          site.input(),
          pass.examples() * positions,
          channels,
          centre,
          epsilon,
          affine.gain(site.parameters()),
          affine.shift(site.parameters()),
          site.output(),
          means,
          inverses);
    }

    @Override
    public void backward(Pass pass) {
      kernel.normalizeRowsGradient(
          site.input(),
          site.outputGradient(),
          pass.examples() * positions,
          channels,
          centre,
          means,
          inverses,
          affine.gain(site.parameters()),
          site.wantsInputGradient() ? site.inputGradient() : null,
          sums,
          products);
      affine.writeGradients(site, products, sums);
    }
  }
}
