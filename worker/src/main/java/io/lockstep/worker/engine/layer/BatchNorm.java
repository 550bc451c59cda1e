package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.RunningMoments;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Identity;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.ActivationWork.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * y = (x - mean) / sqrt(variance + epsilon) gamma + beta, a channel (Ioffe, Szegedy 2015, Algorithm
 * 1): of features each alone, of sequences and images each channel over all positions.
 *
 * <p>In training mean and variance are those of the slice, the variance over n, not n - 1, as
 * everywhere: normalised over fewer examples than the batch has, in the "ghost batches" of Hoffer
 * et al. 2017, so that the bits do not depend on who computes the slices. In inference they are the
 * running ones, tensor NAME.statistics [2, channels], which follow the whole batch ({@link
 * io.lockstep.common.optim.RunningStatistics}: unbiased, as torch keeps them). A slice of one value
 * a channel normalises to beta.
 *
 * <p>A layer before it needs no bias: the mean takes it away.
 */
final class BatchNorm implements Layer {
  private static final Key<Double> MOMENTUM =
      Key.number(
          "momentum",
          0.1,
          new Range(0, true, 1, false),
          "part of a batch in the running mean and variance");

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "batch-norm",
          "each channel less its mean, over its deviation, in the slice; running ones in inference"
              + " (Ioffe, Szegedy 2015); a layer before it needs no bias",
          List.of(GainAndShift.EPSILON, MOMENTUM, GainAndShift.SCALE, GainAndShift.SHIFT),
          BatchNorm::new);

  private final Place place;
  private final double epsilon;
  private final double momentum;
  private final GainAndShift affine;
  private final Activation activation;

  private BatchNorm(Options section) {
    place = new Place(section);
    epsilon = section.get(GainAndShift.EPSILON);
    momentum = section.get(MOMENTUM);
    affine = GainAndShift.of(section);
    activation = new Identity();
  }

  private BatchNorm(BatchNorm other, Activation activation) {
    this.place = other.place;
    this.epsilon = other.epsilon;
    this.momentum = other.momentum;
    this.affine = other.affine;
    this.activation = activation;
  }

  @Override
  public Optional<Layer> with(Activation following) {
    return Optional.of(new BatchNorm(this, following));
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.single(inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape shape = inputs.get(0);
    List<ParameterSpec> specs = new ArrayList<>(affine.specs(shape.channels()));
    RunningMoments moments = new RunningMoments(momentum, shape.positions());
    specs.add(ParameterSpec.statistics(shape.channels(), moments));
    return specs;
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, epsilon, affine, activation);
  }

  private static final class Work implements Operation {
    private final Site site;
    private final Kernel kernel;
    private final double epsilon;
    private final GainAndShift affine;
    private final int channels;
    private final int positions;
    private final Buffer statistics;
    private final double[] mean;
    private final double[] variance;
    private final double[] gain;
    private final double[] shift;
    private final double[] scale;
    private final double[] sums;
    private final double[] products;
    private final double[] slope;
    private final double[] level;
    private final double[] partSums;
    private final double[] partProducts;
    private final List<Part> parts;

    Work(Site site, double epsilon, GainAndShift affine, Activation activation) {
      this.site = site;
      this.kernel = site.kernel();
      this.epsilon = epsilon;
      this.affine = affine;
      this.channels = site.inputShape().channels();
      this.positions = site.inputShape().positions();
      this.statistics = site.parameters().get(affine.count());
      this.mean = new double[channels];
      this.variance = new double[channels];
      this.gain = new double[channels];
      this.shift = new double[channels];
      this.scale = new double[channels];
      this.sums = new double[channels];
      this.products = new double[channels];
      this.slope = new double[channels];
      this.level = new double[channels];
      this.partSums = new double[channels];
      this.partProducts = new double[channels];
      this.parts =
          ActivationWork.after(site, activation)
              .parts(Math.multiplyExact(site.maxExamples(), positions));
    }

    @Override
    public void forward(Pass pass) {
      int rows = pass.examples() * positions;
      if (pass.isTraining()) {
        kernel.moments(site.input(), 0, rows, channels, mean, variance);
      } else {
        statistics.read(0, mean, channels);
        statistics.read(channels, variance, channels);
      }
      affine.readGain(site, gain);
      affine.readShift(site, shift);
      for (int c = 0; c < channels; c++) {
        scale[c] = gain[c] / Math.sqrt(variance[c] + epsilon);
      }
      for (Part part : parts) {
        int some = part.of(rows);
        int offset = part.firstRow() * channels;
        kernel.affineColumns(
            site.input(), offset, some, channels, mean, scale, shift, site.output());
        part.activation().forward(some);
      }
    }

    /**
     * With h = (x - mean) / sqrt(variance + epsilon): dgamma = sum of dy h, dbeta = sum of dy, dx =
     * gamma / sqrt(variance + epsilon) (dy - (dbeta + h dgamma) / n); in inference without what is
     * over n.
     */
    @Override
    public void backward(Pass pass) {
      int rows = pass.examples() * positions;
      boolean moves = pass.isTraining() && rows > 0;
      Buffer x = site.input();
      Buffer dy = site.outputGradient(); // of what the activation puts out, then of what goes in
      Arrays.fill(sums, 0);
      Arrays.fill(products, 0);
      for (Part part : parts) {
        int some = part.of(rows);
        part.activation().backward(some, Target.SET);
        int offset = part.firstRow() * channels;
        kernel.columnProducts(dy, x, offset, some, channels, mean, partSums, partProducts);
        add(partSums, sums);
        add(partProducts, products);
      }
      for (int c = 0; c < channels; c++) {
        double inverse = 1 / Math.sqrt(variance[c] + epsilon);
        products[c] *= inverse;
        slope[c] = moves ? -scale[c] * inverse * products[c] / rows : 0;
        level[c] = moves ? -scale[c] * sums[c] / rows : 0;
      }
      affine.writeGradients(site, products, sums);
      if (site.wantsInputGradient()) {
        kernel.combineColumns(
            dy, x, 0, rows, channels, mean, scale, slope, level, site.inputGradient());
      }
      handOver(rows);
    }

    private static void add(double[] part, double[] sums) {
      for (int c = 0; c < sums.length; c++) {
        sums[c] += part[c];
      }
    }

    /** The sums over the slice of x - r and its square, r being the running mean. */
    private void handOver(int rows) {
      Buffer handed = site.gradients().get(affine.count());
      for (int c = 0; c < channels; c++) {
        double distance = mean[c] - statistics.get(c);
        handed.set(c, rows * distance);
        handed.set(channels + c, rows * (variance[c] + distance * distance));
      }
    }
  }
}
