package io.lockstep.common.data;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker must know to read its streams and to find the slice of a step; the same for all
 * workers, and for a resume.
 *
 * @param training the training streams
 * @param validation the validation streams; null where there is no validation
 * @param scaling what becomes of a feature on its way to the engine
 */
public record DataPlan(Streams training, @Nullable Streams validation, FeatureScaling scaling)
    implements Serializable {

  /**
   * The streams of one kind.
   *
   * @param source what the user calls their source, for errors
   * @param form the form of their rows
   * @param summaries count and checksum of each stream, M of them
   * @param epoch which of their rows belong to which step
   */
  public record Streams(
      String source, ExampleForm form, List<StreamSummary> summaries, EpochPlan epoch)
      implements Serializable {
    /** Copies the list. */
    public Streams {
      summaries = List.copyOf(summaries);
    }

    /** How many rows all streams have together. */
    public long rows() {
      return summaries.stream().mapToLong(StreamSummary::count).sum();
    }
  }

  /**
   * The streams of a kind.
   *
   * @throws IllegalStateException where there is no validation
   */
  public Streams streams(StreamKind kind) {
    Streams streams = kind == StreamKind.TRAINING ? training : validation;
    if (streams == null) {
      throw new IllegalStateException("the run has no validation streams");
    }
    return streams;
  }
}
