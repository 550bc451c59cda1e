package io.lockstep.worker.engine.layer;

/**
 * One time step of one example of a recurrent layer, on heap arrays in double: the loops are the
 * paper's formulas, written once for both element types. Owns its scratch arrays; belongs to one
 * thread.
 */
interface Cell {
  /**
   * What kind of numbers a cell computes with.
   *
   * @param gates parts of units numbers each that are computed from input and state
   * @param carries whether it has a state besides its output, an LSTM's c
   * @param keepsApart whether it wants the recurrent products by themselves, where other cells want
   *     them added to the input's, and with them a term of their own for the last gate
   */
  record Kind(int gates, boolean carries, boolean keepsApart) {}

  /**
   * Computes the state after a step.
   *
   * @param gates [gates][units], x Wx + b, with h Wh added unless kept apart; overwritten with what
   *     {@link #backward} wants to know
   * @param recurrent [gates][units], h Wh where kept apart, else of no rows; the same
   * @param before the state before; not modified
   * @param after the state after, written
   */
  void forward(double[][] gates, double[][] recurrent, State before, State after);

  /**
   * Computes the gradients of what went into {@link #forward}.
   *
   * @param gates [gates][units], as forward left them; overwritten with the gradient of x Wx + b
   * @param recurrent the same, of h Wh where kept apart
   * @param before the state before; not modified
   * @param after the state after; not modified
   * @param gradient of the state after; overwritten with that of the state before, less what comes
   *     through h Wh
   */
  void backward(double[][] gates, double[][] recurrent, State before, State after, State gradient);

  /** A state, or its gradient. */
  final class State {
    private final double[] h;
    private final double[] c;

    State(int units) {
      h = new double[units];
      c = new double[units];
    }

    /** [units], the output. */
    double[] h() {
      return h;
    }

    /** [units], what is carried besides; unused by a cell that carries nothing else. */
    double[] c() {
      return c;
    }
  }
}
