package io.lockstep.common.layout;

import java.util.List;
import java.util.Locale;

/** What a tensor is for; decay and trust ratios may leave some roles out. */
public enum Role {
  /** Weights of a dense, convolution or embedding layer. */
  WEIGHT,
  /** An additive term, and other numbers that decay would only harm: an activation's slope. */
  BIAS,
  /** Gain or shift of a normalisation. */
  NORM,
  /**
   * Running statistics of a normalisation: values that follow the batches by a rule of their own.
   * No gradient, so no clip, norm, decay or update rule sees them.
   */
  STATISTICS,
  /** A layer's that is frozen, whatever it would be for: no gradient, no update. */
  FROZEN;

  /** The roles of what an update rule trains: all but {@link #STATISTICS} and {@link #FROZEN}. */
  public static List<Role> trained() {
    return List.of(WEIGHT, BIAS, NORM);
  }

  /** The name in the configuration: weight, bias, norm; and in tables: statistics, frozen. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
