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
    /**
     * As training, at a point near that of the pass before, whose gradient is checked by
     * differences: what no gradient flows through keeps its values.
     */
    DIFFERENCE,
    /** As the trained network answers. */
    INFERENCE
  }

  /** Whether layers work as in training: with noise, and statistics of the slice. */
  public boolean isTraining() {
    return mode != Mode.INFERENCE;
  }

  /** A pass without noise. */
  public static Pass inference(int examples) {
    return new Pass(examples, Mode.INFERENCE, 0, 0, 0);
  }
}
