package io.lockstep.worker.engine.layer;

/**
 * One slice on its way through the graph.
 *
 * @param examples how many the slice holds; buffers are filled up to there
 * @param mode training or inference
 * @param seed the run's seed
 * @param step the step
 * @param stream the stream of data
 */
public record Pass(int examples, Mode mode, long seed, long step, int stream) {
  /** What a layer that behaves differently in training goes by. */
  public enum Mode {
    /** With noise, such as dropout. */
    TRAINING,
    /** As the trained network answers. */
    INFERENCE
  }

  /** A pass without noise. */
  public static Pass inference(int examples) {
    return new Pass(examples, Mode.INFERENCE, 0, 0, 0);
  }
}
