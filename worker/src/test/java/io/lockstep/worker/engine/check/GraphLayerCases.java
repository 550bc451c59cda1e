package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.check.LayerContractTest.Case;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Map;

/** The cases of {@link LayerContractTest} for layers of several inputs, and without tensors. */
final class GraphLayerCases {
  private static final Shape FIVE = Shape.of(5);
  private static final Shape IMAGE = Shape.image(3, 2, 4);

  static final Map<String, List<Case>> CASES =
      Map.of(
          "add",
              List.of(
                  new Case(List.of(FIVE, FIVE), Map.of()),
                  new Case(List.of(IMAGE, IMAGE, IMAGE), Map.of())),
          "multiply",
              List.of(
                  new Case(List.of(FIVE, FIVE), Map.of()),
                  new Case(List.of(IMAGE, IMAGE, IMAGE), Map.of())),
          "concatenate",
              List.of(
                  new Case(List.of(FIVE, Shape.of(1), Shape.of(2)), Map.of()),
                  new Case(List.of(Shape.sequence(3, 2), Shape.sequence(3, 1)), Map.of()),
                  new Case(List.of(IMAGE, Shape.image(1, 2, 4)), Map.of())),
          "reshape",
              List.of(
                  new Case(IMAGE, Map.of("shape", List.of(4, 6))),
                  new Case(IMAGE, Map.of("shape", List.of(2, 3, 4))),
                  new Case(Shape.of(12), Map.of("shape", List.of(3, 2, 2))),
                  new Case(Shape.of(12), Map.of("shape", List.of(3, 4)))),
          "stop-gradient", List.of(new Case(FIVE, Map.of())),
          "sample-normal", List.of(new Case(Shape.of(6), Map.of())),
          "noise", List.of(new Case(FIVE, Map.of("units", 3))));

  private GraphLayerCases() {}
}
