package io.lockstep.worker.engine;

/** What an output is compared with. */
sealed interface Target {
  /**
   * A run of the example's labels.
   *
   * @param offset its first number
   * @param given how many numbers it has: one a position where they are classes and the loss takes
   *     rows of probabilities, else as many as the loss takes
   */
  record Labels(int offset, int given) implements Target {}

  /**
   * One number for every output, such as "real" or "generated".
   *
   * @param number finite
   */
  record Value(double number) implements Target {}

  /**
   * What a layer puts out, or an input holds; no gradient flows into it.
   *
   * @param node its number in the graph
   */
  record Output(int node) implements Target {}
}
