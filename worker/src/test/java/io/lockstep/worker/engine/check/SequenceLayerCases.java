package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.check.LayerContractTest.Case;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Map;

/** Examples of the layers of sequences: one token, one head, widths that are no power of two. */
final class SequenceLayerCases {
  private static final Shape SEQUENCE = Shape.sequence(5, 6);
  private static final Shape ONE_TOKEN = Shape.sequence(1, 3);
  private static final Shape MEMORY = Shape.sequence(4, 6);

  static final Map<String, List<Case>> CASES =
      Map.of(
          "embedding",
              List.of(
                  new Case(Shape.of(5), Map.of("vocabulary", 7, "width", 3)),
                  new Case(Shape.of(1), Map.of("vocabulary", 1, "width", 1))),
          "positional-embedding",
              List.of(
                  new Case(SEQUENCE, Map.of()),
                  new Case(SEQUENCE, Map.of("kind", "sinusoidal")),
                  new Case(ONE_TOKEN, Map.of("kind", "learned"))),
          "multi-head-attention",
              List.of(
                  new Case(SEQUENCE, Map.of("heads", 2)),
                  new Case(SEQUENCE, Map.of("heads", 3, "causal", true, "bias", false)),
                  new Case(SEQUENCE, Map.of("heads", 1, "dropout", 0.3)),
                  new Case(ONE_TOKEN, Map.of("heads", 3, "causal", true)),
                  new Case(List.of(SEQUENCE, MEMORY), Map.of("heads", 2)),
                  new Case(List.of(MEMORY, SEQUENCE), Map.of("heads", 6, "bias", false))),
          "lstm", recurrent(),
          "gru", recurrent(),
          "rnn", recurrent());

  private static List<Case> recurrent() {
    return List.of(
        new Case(SEQUENCE, Map.of("units", 4)),
        new Case(SEQUENCE, Map.of("units", 3, "return", "last")),
        new Case(SEQUENCE, Map.of("units", 2, "reverse", true)),
        new Case(SEQUENCE, Map.of("units", 2, "reverse", true, "return", "last")),
        new Case(ONE_TOKEN, Map.of("units", 1)));
  }

  private SequenceLayerCases() {}
}
