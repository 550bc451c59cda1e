package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.initializer.Constant;
import io.lockstep.worker.engine.initializer.Initializer;
import io.lockstep.worker.engine.kernel.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What normalisations say in the same words of the gain and shift of every channel behind them:
 * gamma, which begins at 1, and beta, which begins at 0.
 *
 * @param hasGain whether there is a gamma
 * @param hasShift whether there is a beta
 */
record GainAndShift(boolean hasGain, boolean hasShift) {
  static final Key<Double> EPSILON =
      Key.number("epsilon", 1e-5, Range.POSITIVE, "added to the variance before its root");

  static final Key<Boolean> SCALE =
      Key.flag("scale", true, "whether each channel has a factor, tensor NAME.gamma");

  static final Key<Boolean> SHIFT =
      Key.flag("shift", true, "whether each channel has a term, tensor NAME.beta");

  private static final Initializer ONES = new Constant("constant", 1);

  /** As written. */
  static GainAndShift of(Options section) {
    return new GainAndShift(section.get(SCALE), section.get(SHIFT));
  }

  /** gamma, then beta, of those that there are. */
  List<ParameterSpec> specs(int channels) {
    List<ParameterSpec> specs = new ArrayList<>();
    if (hasGain) {
      specs.add(new ParameterSpec("gamma", List.of(channels), Role.NORM, ONES, 1, 1));
    }
    if (hasShift) {
      specs.add(new ParameterSpec("beta", List.of(channels), Role.NORM, Constant.zero(), 1, 1));
    }
    return specs;
  }

  /** How many tensors there are. */
  int count() {
    return (hasGain ? 1 : 0) + (hasShift ? 1 : 0);
  }

  /** gamma of a site, or its gradient; null where there is none. */
  @Nullable Buffer gain(List<Buffer> tensors) {
    return hasGain ? tensors.get(0) : null;
  }

  /** beta of a site, or its gradient; null where there is none. */
  @Nullable Buffer shift(List<Buffer> tensors) {
    return hasShift ? tensors.get(hasGain ? 1 : 0) : null;
  }

  /** gamma of all channels. */
  void readGain(Site site, double[] gain) {
    read(gain(site.parameters()), 1, gain);
  }

  /** beta of all channels. */
  void readShift(Site site, double[] shift) {
    read(shift(site.parameters()), 0, shift);
  }

  private static void read(@Nullable Buffer tensor, double otherwise, double[] target) {
    if (tensor == null) {
      Arrays.fill(target, otherwise);
    } else {
      tensor.read(0, target, target.length);
    }
  }

  /**
   * Hands over the gradients.
   *
   * @param ofGain [channels]
   * @param ofShift [channels]
   */
  void writeGradients(Site site, double[] ofGain, double[] ofShift) {
    Buffer gain = gain(site.gradients());
    if (gain != null) {
      gain.write(0, ofGain, ofGain.length);
    }
    Buffer shift = shift(site.gradients());
    if (shift != null) {
      shift.write(0, ofShift, ofShift.length);
    }
  }
}
