package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * y = (x - mean) / sqrt(variance + epsilon) gamma + beta with the mean and variance of an example's
 * group of channels over all positions (Wu, He 2018, equations 1 to 7); gamma and beta are each
 * channel's own. One group is the layer-norm of whole images, as many groups as channels instance
 * norm.
 */
final class GroupNorm implements Layer {
  private static final Key<Integer> GROUPS =
      Key.integer(
              "groups", 0, Range.closed(1, Integer.MAX_VALUE), "groups that divide the channels")
          .required();

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "group-norm",
          "each example's groups of channels, over all positions, less their mean, over their"
              + " deviation (Wu, He 2018)",
          List.of(GROUPS, GainAndShift.EPSILON, GainAndShift.SCALE, GainAndShift.SHIFT),
          GroupNorm::new);

  private final Place place;
  private final int groups;
  private final double epsilon;
  private final GainAndShift affine;

  private GroupNorm(Options section) {
    place = new Place(section);
    groups = section.get(GROUPS);
    epsilon = section.get(GainAndShift.EPSILON);
    affine = GainAndShift.of(section);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape shape = place.single(inputs);
    if (shape.channels() % groups != 0) {
      throw place
          .section()
          .error(GROUPS, "must divide the " + shape.channels() + " channels of " + shape);
    }
    return shape;
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    return affine.specs(inputs.get(0).channels());
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, groups, epsilon, affine);
  }

  /** Works example by example, on columns, which are the channels. */
  private static final class Work implements Operation {
    private final Site site;
    private final Kernel kernel;
    private final double epsilon;
    private final GainAndShift affine;
    private final int channels;
    private final int positions;
    private final int groupChannels;

    /** [examples, channels], each channel's group's. */
    private final double[] means;

    private final double[] inverses;
    private final double[] mean;
    private final double[] variance;
    private final double[] gain;
    private final double[] shift;
    private final double[] scale;
    private final double[] sums;
    private final double[] products;
    private final double[] slope;
    private final double[] level;
    private final double[] ofGain;
    private final double[] ofShift;

    Work(Site site, int groups, double epsilon, GainAndShift affine) {
      this.site = site;
      this.kernel = site.kernel();
      this.epsilon = epsilon;
      this.affine = affine;
      this.channels = site.inputShape().channels();
      this.positions = site.inputShape().positions();
      this.groupChannels = channels / groups;
      this.means = new double[Math.multiplyExact(site.maxExamples(), channels)];
      this.inverses = new double[means.length];
      this.mean = new double[channels];
      this.variance = new double[channels];
      this.gain = new double[channels];
      this.shift = new double[channels];
      this.scale = new double[channels];
      this.sums = new double[channels];
      this.products = new double[channels];
      this.slope = new double[channels];
      this.level = new double[channels];
      this.ofGain = new double[channels];
      this.ofShift = new double[channels];
    }

    @Override
    public void forward(Pass pass) {
      affine.readGain(site, gain);
      affine.readShift(site, shift);
      for (int i = 0; i < pass.examples(); i++) {
        int offset = i * positions * channels;
        kernel.moments(site.input(), offset, positions, channels, mean, variance);
        for (int first = 0; first < channels; first += groupChannels) {
          join(first);
        }
        System.arraycopy(mean, 0, means, i * channels, channels);
        for (int c = 0; c < channels; c++) {
          double inverse = 1 / Math.sqrt(variance[c] + epsilon);
          inverses[i * channels + c] = inverse;
          scale[c] = gain[c] * inverse;
        }
        kernel.affineColumns(
            site.input(), offset, positions, channels, mean, scale, shift, site.output());
      }
    }

    /** Makes the moments of a group's channels those of the group. */
    private void join(int first) {
      double ofMeans = 0;
      for (int c = first; c < first + groupChannels; c++) {
        ofMeans += mean[c];
      }
      double groupMean = ofMeans / groupChannels;
      double squares = 0;
      for (int c = first; c < first + groupChannels; c++) {
        double distance = mean[c] - groupMean;
        squares += variance[c] + distance * distance;
      }
      Arrays.fill(mean, first, first + groupChannels, groupMean);
      Arrays.fill(variance, first, first + groupChannels, squares / groupChannels);
    }

    /**
     * With h = (x - mean) s, s = 1 / sqrt(variance + epsilon) and g = dy gamma: dgamma = sum of dy
     * h, dbeta = sum of dy, dx = s (g - mean of g - h mean of (g h)) with means over the group.
     */
    @Override
    public void backward(Pass pass) {
      Arrays.fill(ofGain, 0);
      Arrays.fill(ofShift, 0);
      for (int i = 0; i < pass.examples(); i++) {
        backward(i);
      }
      affine.writeGradients(site, ofGain, ofShift);
    }

    private void backward(int example) {
      int offset = example * positions * channels;
      Buffer x = site.input();
      Buffer dy = site.outputGradient();
      System.arraycopy(means, example * channels, mean, 0, channels);
      kernel.columnProducts(dy, x, offset, positions, channels, mean, sums, products);
      for (int c = 0; c < channels; c++) {
        products[c] *= inverses[example * channels + c];
        ofGain[c] += products[c];
        ofShift[c] += sums[c];
      }
      if (!site.wantsInputGradient()) {
        return;
      }
      for (int first = 0; first < channels; first += groupChannels) {
        descend(first, inverses[example * channels + first]);
      }
      kernel.combineColumns(
          dy, x, offset, positions, channels, mean, scale, slope, level, site.inputGradient());
    }

    private void descend(int first, double inverse) {
      double ofG = 0;
      double ofGh = 0;
      for (int c = first; c < first + groupChannels; c++) {
        ofG += gain[c] * sums[c];
        ofGh += gain[c] * products[c];
      }
      double n = (double) groupChannels * positions;
      for (int c = first; c < first + groupChannels; c++) {
        scale[c] = gain[c] * inverse;
        slope[c] = -inverse * inverse * ofGh / n;
        level[c] = -inverse * ofG / n;
      }
    }
  }
}
