package io.lockstep.common.optim;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/** The update rules that a configuration can name. */
public final class Optimizers {
  /** The rate from which the schedule starts; read by the run, not by the rule. */
  public static final Key<Double> LEARNING_RATE =
      Key.number("learningRate", 0, Range.NOT_NEGATIVE, "the rate from which the schedule starts")
          .required();

  /** One line a rule. */
  public static final Registry<UpdateRule> REGISTRY =
      Registry.of("optimizer", List.of(Sgd.ENTRY, Adam.ENTRY, AdamW.ENTRY, Lamb.ENTRY));

  private Optimizers() {}

  /** The rule that the section {@code optimizer} describes, which may also hold the rate. */
  public static UpdateRule create(Options options) {
    return REGISTRY.create(options, LEARNING_RATE);
  }
}
