package io.lockstep.common.optim;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;

/** The update rules that a configuration can name. */
public final class Optimizers {
  /** One line a rule. */
  public static final List<Optimizer> ALL =
      List.of(
          new Optimizer(Sgd.ENTRY, Sgd.GUIDE),
          new Optimizer(Momentum.ENTRY, Momentum.GUIDE),
          new Optimizer(Adagrad.ENTRY, Adagrad.GUIDE),
          new Optimizer(Adadelta.ENTRY, Adadelta.GUIDE),
          new Optimizer(RmsProp.ENTRY, RmsProp.GUIDE),
          new Optimizer(Adam.ENTRY, Adam.GUIDE),
          new Optimizer(AdamW.ENTRY, AdamW.GUIDE),
          new Optimizer(NAdam.ENTRY, NAdam.GUIDE),
          new Optimizer(Adamax.ENTRY, Adamax.GUIDE),
          new Optimizer(RAdam.ENTRY, RAdam.GUIDE),
          new Optimizer(AdaBelief.ENTRY, AdaBelief.GUIDE),
          new Optimizer(Lion.ENTRY, Lion.GUIDE),
          new Optimizer(Adafactor.ENTRY, Adafactor.GUIDE),
          new Optimizer(Lars.ENTRY, Lars.GUIDE),
          new Optimizer(Lamb.ENTRY, Lamb.GUIDE),
          new Optimizer(Muon.ENTRY, Muon.GUIDE),
          new Optimizer(ScheduleFreeSgd.ENTRY, ScheduleFreeSgd.GUIDE),
          new Optimizer(ScheduleFreeAdamW.ENTRY, ScheduleFreeAdamW.GUIDE));

  /** The same by the names that a configuration gives them. */
  public static final Registry<UpdateRule> REGISTRY =
      Registry.of("optimizer", ALL.stream().map(Optimizer::entry).toList());

  private Optimizers() {}

  /**
   * The rule that the section {@code optimizer} describes, which may also hold the rate, where it
   * has no groups.
   */
  public static UpdateRule create(Options options) {
    return REGISTRY.create(options, RunConfiguration.LEARNING_RATE);
  }

  /**
   * The rule that the section {@code optimizer} describes, which may also hold the rate and groups.
   *
   * @param tensors of the model
   */
  public static UpdateRule create(Options options, List<TensorSpec> tensors) {
    return ParameterGroups.of(options, tensors).rule();
  }

  /** The section with the defaults of its rule and of its groups' rules filled in. */
  public static Options resolve(Options options) {
    return ParameterGroups.resolve(options);
  }
}
