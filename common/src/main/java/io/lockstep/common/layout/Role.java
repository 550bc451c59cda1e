package io.lockstep.common.layout;

/** What a tensor is for; decay and trust ratios may leave some roles out. */
public enum Role {
  /** Weights of a dense, convolution or embedding layer. */
  WEIGHT,
  /** An additive term, and other numbers that decay would only harm: an activation's slope. */
  BIAS,
  /** Gain or shift of a normalisation. */
  NORM;

  /** The name in the configuration: weight, bias, norm. */
  public String key() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
