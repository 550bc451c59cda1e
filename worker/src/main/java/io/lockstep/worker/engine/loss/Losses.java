package io.lockstep.worker.engine.loss;

import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.guide.Described;
import java.util.List;

/** All losses by name: a new one is one file and one line here. */
public final class Losses {
  /** One line a loss, in the order of the documentation. */
  public static final List<Described<Loss>> ALL =
      List.of(
          new Described<>(CrossEntropy.CATEGORICAL, CrossEntropy.CATEGORICAL_GUIDE),
          new Described<>(CrossEntropy.SPARSE, CrossEntropy.SPARSE_GUIDE),
          new Described<>(BinaryCrossEntropy.ENTRY, BinaryCrossEntropy.GUIDE),
          new Described<>(MeanSquaredError.ENTRY, MeanSquaredError.GUIDE),
          new Described<>(MeanAbsoluteError.ENTRY, MeanAbsoluteError.GUIDE),
          new Described<>(Huber.ENTRY, Huber.GUIDE),
          new Described<>(LogCosh.ENTRY, LogCosh.GUIDE),
          new Described<>(Quantile.ENTRY, Quantile.GUIDE),
          new Described<>(Hinge.ENTRY, Hinge.GUIDE),
          new Described<>(SquaredHinge.ENTRY, SquaredHinge.GUIDE),
          new Described<>(MultiClassHinge.ENTRY, MultiClassHinge.GUIDE),
          new Described<>(Perceptron.ENTRY, Perceptron.GUIDE),
          new Described<>(KlDivergence.ENTRY, KlDivergence.GUIDE),
          new Described<>(JsDivergence.ENTRY, JsDivergence.GUIDE),
          new Described<>(Focal.ENTRY, Focal.GUIDE),
          new Described<>(CategoricalFocal.CATEGORICAL, CategoricalFocal.CATEGORICAL_GUIDE),
          new Described<>(CategoricalFocal.SPARSE, CategoricalFocal.SPARSE_GUIDE),
          new Described<>(Dice.ENTRY, Dice.GUIDE),
          new Described<>(Contrastive.ENTRY, Contrastive.GUIDE),
          new Described<>(Triplet.ENTRY, Triplet.GUIDE),
          new Described<>(Cosine.ENTRY, Cosine.GUIDE),
          new Described<>(Ctc.ENTRY, Ctc.GUIDE),
          new Described<>(GaussianKl.ENTRY, GaussianKl.GUIDE),
          new Described<>(JavaLoss.ENTRY, JavaLoss.GUIDE));

  /** The same by the names that a configuration gives them. */
  public static final Registry<Loss> REGISTRY =
      Registry.of("loss", ALL.stream().map(Described::entry).toList());

  private Losses() {}
}
