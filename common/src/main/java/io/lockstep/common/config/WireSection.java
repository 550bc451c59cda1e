package io.lockstep.common.config;

import io.lockstep.common.frame.GradientForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way of gradients to the servers: {@code wire}. It changes bits, which is why it is no part of
 * {@code cluster}. Parameters always travel as float32.
 *
 * @param gradients the form of partial sums
 * @param lossScale what they are multiplied by before, with its {@code type}; empty for nothing
 */
public record WireSection(GradientForm gradients, Options lossScale) {
  /** The form of partial sums. */
  public static final Key<String> GRADIENTS =
      Key.choice(
          "gradients",
          GradientForm.FLOAT32.key(),
          GradientForm.keys(),
          "the form in which partial sums travel; in any but float32 the bits depend on the number"
              + " of workers");

  /** What they are multiplied by. */
  public static final Key<Options> LOSS_SCALE =
      Key.section(
          "lossScale",
          "what partial sums are multiplied by before they are rounded, with its type; nothing"
              + " without it");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(GRADIENTS, LOSS_SCALE);

  static WireSection read(Options options) {
    options.allowOnly(KEYS);
    GradientForm gradients = GradientForm.ofKey(options.get(GRADIENTS));
    Options lossScale = options.get(LOSS_SCALE);
    if (!gradients.isLossy() && !lossScale.isEmpty()) {
      throw new ConfigurationException(
          "wire.lossScale must not be given where wire.gradients is float32: nothing is rounded and"
              + " nothing overflows; leave it out, or set wire.gradients to float16 ("
              + lossScale.place()
              + ")");
    }
    return new WireSection(gradients, lossScale);
  }

  /**
   * Whether partial sums are rounded on their way, and the bits depend on the number of workers.
   */
  public boolean isLossy() {
    return gradients.isLossy();
  }

  /** What the user must know of a run; empty where its bits are those of any other cluster. */
  public Optional<String> note() {
    return isLossy()
        ? Optional.of(
            "wire.gradients is "
                + gradients.key()
                + ": partial sums are rounded on their way, so the bits depend on the number of"
                + " workers; the run is not reproducible")
        : Optional.empty();
  }

  /** The same with the defaults of the loss scale filled in. */
  public WireSection withLossScale(Options resolved) {
    return new WireSection(gradients, resolved);
  }

  Map<String, @Nullable Object> plain() {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    plain.put(GRADIENTS.name(), gradients.key());
    if (!lossScale.isEmpty()) {
      plain.put(LOSS_SCALE.name(), lossScale.plain());
    }
    return plain;
  }
}
