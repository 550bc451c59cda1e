package io.lockstep.common.data;

import java.util.List;

/** Stops a run whose rows are no longer those that were dealt. */
public final class SourceChange {
  private SourceChange() {}

  /**
   * Compares a stream as it was read with the stream as it was dealt.
   *
   * @param source what the user calls the source, such as {@code data.train (/data/wine.csv)}
   * @throws DataException naming source and stream where they differ
   */
  public static void refuse(
      String source, int stream, StreamSummary expected, StreamSummary found) {
    if (!expected.equals(found)) {
      throw new DataException(
          source
              + " has changed: stream "
              + stream
              + " had "
              + expected
              + " and now has "
              + found
              + "; restore the source, or start a new run");
    }
  }

  /**
   * Compares all streams of a run that is resumed with those of the run before.
   *
   * @param source what the user calls the source
   * @throws DataException naming the first stream that differs
   */
  public static void refuse(
      String source, List<StreamSummary> expected, List<StreamSummary> found) {
    if (expected.size() != found.size()) {
      throw new DataException(
          source
              + " was dealt into "
              + expected.size()
              + " streams, now into "
              + found.size()
              + "; resume with the same batch.size and batch.slice, or start a new run");
    }
    for (int m = 0; m < expected.size(); m++) {
      refuse(source, m, expected.get(m), found.get(m));
    }
  }
}
