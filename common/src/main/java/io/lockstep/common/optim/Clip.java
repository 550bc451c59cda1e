package io.lockstep.common.optim;

/**
 * How a step's mean gradient is kept within limits before the update rule sees it. Instances are
 * immutable and shared by threads. A round of a clip must not change anything.
 *
 * <p>A new clip is one file in {@code optim.clip}, one line in {@code optim.clip.Clips} and one
 * reference case.
 */
public interface Clip extends Rounds {
  /** Leaves every gradient as it is. */
  Clip NONE = (chunk, totals) -> {};

  /**
   * Changes a chunk's gradient in place; called once a chunk and update.
   *
   * @param totals of all rounds of the clip
   */
  void apply(ChunkState chunk, Totals totals);
}
