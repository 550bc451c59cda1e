package io.lockstep.worker.engine.guide;

import java.util.List;

/**
 * What to tell whoever chooses an activation or a loss: plain sentences, no Markdown.
 *
 * @param formula the function and its derivative, symbol by symbol, a line each
 * @param range what comes out, and what may go in where not every number may
 * @param purpose when to use it, and what speaks against it
 * @param curves what a page draws of it; none where a curve over one number says nothing
 */
public record Guide(String formula, String range, String purpose, List<Curve> curves) {
  /** Copies the list. */
  public Guide {
    curves = List.copyOf(curves);
  }

  /** A guide whose page draws these curves. */
  public Guide(String formula, String range, String purpose, Curve... curves) {
    this(formula, range, purpose, List.of(curves));
  }
}
