package io.lockstep.common.optim;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import java.util.List;

/** The update rules that a configuration can name. */
public final class Optimizers {
  /** One line a rule. */
  public static final Registry<UpdateRule> REGISTRY =
      Registry.of(
          "optimizer",
          List.of(
              Sgd.ENTRY,
              Momentum.ENTRY,
              Adagrad.ENTRY,
              Adadelta.ENTRY,
              RmsProp.ENTRY,
              Adam.ENTRY,
              AdamW.ENTRY,
              NAdam.ENTRY,
              Adamax.ENTRY,
              RAdam.ENTRY,
              AdaBelief.ENTRY,
              Lion.ENTRY,
              Lamb.ENTRY));

  private Optimizers() {}

  /** The rule that the section {@code optimizer} describes, which may also hold the rate. */
  public static UpdateRule create(Options options) {
    return REGISTRY.create(options, RunConfiguration.LEARNING_RATE);
  }
}
