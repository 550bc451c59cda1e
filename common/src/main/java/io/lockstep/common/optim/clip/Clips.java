package io.lockstep.common.optim.clip;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.optim.Clip;
import java.util.List;

/** The clips that a configuration can name. */
public final class Clips {
  /** One line a clip. */
  public static final Registry<Clip> REGISTRY =
      Registry.of(
          "clip",
          List.of(
              new Registry.Entry<>(
                  "none", "Gradients stay as they are.", List.of(), options -> Clip.NONE),
              GlobalNorm.ENTRY,
              TensorNorm.ENTRY,
              Value.ENTRY,
              Adaptive.ENTRY));

  private Clips() {}

  /** The clip that the section {@code clip} describes; none where it is empty. */
  public static Clip create(Options options) {
    return options.isEmpty() ? Clip.NONE : REGISTRY.create(options);
  }
}
