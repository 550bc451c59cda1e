package io.lockstep.worker.engine.metric;

import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * What a loss asks of a network, and with it how predictions and labels are to be read: metrics
 * look at nothing else of the loss.
 */
public sealed interface Task {
  /** What it is called in errors. */
  String description();

  /**
   * Whether labels can be of so many classes: as many as there are channels, unless it says
   * otherwise.
   */
  default boolean takes(int classes, Shape output) {
    return classes == output.channels();
  }

  /**
   * Every position is of one of several classes, one a channel.
   *
   * @param labels how the class is written; an index below 0 is none
   * @param scale what the predictions are
   */
  record Classes(Accuracy.Labels labels, Scale scale) implements Task {
    @Override
    public String description() {
      return "classes";
    }
  }

  /**
   * Every output says yes or no; a label above 1/2 says yes.
   *
   * @param scale what the predictions are; margins are logits
   */
  record YesNo(Scale scale) implements Task {
    /** A prediction above it says yes. */
    public double threshold() {
      return scale == Scale.LOGITS ? 0 : 0.5;
    }

    /** No and yes; or one of several, of which each output says whether it is it. */
    @Override
    public boolean takes(int classes, Shape output) {
      return classes == 2 || classes == output.channels();
    }

    @Override
    public String description() {
      return "yes or no";
    }
  }

  /** Every output is to come near to its label. */
  record Values() implements Task {
    @Override
    public String description() {
      return "values";
    }
  }

  /**
   * So many outputs side by side are to be quantiles of one label.
   *
   * @param quantiles in (0, 1), in the order of the outputs
   */
  record Quantiles(List<Double> quantiles) implements Task {
    /** Copies the quantiles. */
    public Quantiles {
      quantiles = List.copyOf(quantiles);
    }

    @Override
    public String description() {
      return "quantiles";
    }
  }

  /**
   * A pair of embeddings is the same, label above 1/2, or different.
   *
   * @param threshold pairs that are nearer than this are taken for the same
   */
  record Pairs(double threshold) implements Task {
    @Override
    public boolean takes(int classes, Shape output) {
      return classes == 2;
    }

    @Override
    public String description() {
      return "pairs of embeddings";
    }
  }

  /** The first of three embeddings is to be nearer to the second than to the third. */
  record Triplets() implements Task {
    @Override
    public boolean takes(int classes, Shape output) {
      return true;
    }

    @Override
    public String description() {
      return "triplets of embeddings";
    }
  }

  /**
   * Positions spell a sequence of labels, as connectionist temporal classification reads them.
   *
   * @param blank the class that stands for no label
   * @param lengthFirst whether a number before the labels says how many positions count
   */
  record Spelling(int blank, boolean lengthFirst) implements Task {
    @Override
    public String description() {
      return "sequences of labels without alignment";
    }
  }

  /** Nothing that a metric could judge. */
  record Unknown() implements Task {
    @Override
    public boolean takes(int classes, Shape output) {
      return true;
    }

    @Override
    public String description() {
      return "nothing that a metric could judge";
    }
  }
}
