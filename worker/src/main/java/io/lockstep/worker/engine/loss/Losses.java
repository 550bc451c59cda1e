package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import java.util.List;

/** All losses by name: a new one is one file and one line here. */
public final class Losses {
  /** The registry, in the order of the documentation. */
  public static final Registry<Loss> REGISTRY =
      Registry.of(
          "loss",
          List.of(
              CrossEntropy.CATEGORICAL,
              CrossEntropy.SPARSE,
              BinaryCrossEntropy.ENTRY,
              MeanSquaredError.ENTRY,
              MeanAbsoluteError.ENTRY,
              Huber.ENTRY,
              LogCosh.ENTRY,
              Quantile.ENTRY));

  private Losses() {}
}
