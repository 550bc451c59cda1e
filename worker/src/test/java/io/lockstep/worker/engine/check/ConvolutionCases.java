package io.lockstep.worker.engine.check;

import io.lockstep.worker.engine.check.LayerContractTest.Case;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Map;

/** Convolutions and pools for {@link LayerContractTest}, most of which divide badly. */
final class ConvolutionCases {
  private static final Shape IMAGE = Shape.image(3, 7, 6);
  private static final Shape CHANNELS = Shape.image(8, 5, 6);
  private static final Shape TILES = Shape.image(8, 7, 8);
  private static final Shape POINT = Shape.image(1, 1, 1);
  private static final Shape SEQUENCE = Shape.sequence(7, 4);
  private static final Map<String, Object> PRELU = Map.of("type", "prelu", "shared", false);

  private ConvolutionCases() {}

  static final Map<String, List<Case>> CASES =
      Map.ofEntries(
          Map.entry(
              "conv2d",
              List.of(
                  new Case(IMAGE, Map.of("filters", 4, "kernel", List.of(3, 2))),
                  new Case(
                      IMAGE, Map.of("filters", 2, "kernel", 3, "stride", 2, "activation", "tanh")),
                  new Case(
                      IMAGE,
                      Map.of("filters", 2, "kernel", 3, "padding", "same", "activation", "relu")),
                  new Case(IMAGE, Map.of("filters", 3, "kernel", 2, "activation", PRELU)),
                  new Case(POINT, Map.of("filters", 1, "kernel", 1)),
                  new Case(IMAGE, Map.of("filters", 2, "kernel", 1, "activation", "tanh")),
                  new Case(IMAGE, Map.of("filters", 2, "kernel", 2, "dilation", List.of(3, 2))),
                  new Case(
                      CHANNELS,
                      Map.of("filters", 6, "kernel", 3, "groups", 2, "padding", 1, "stride", 2)),
                  new Case(CHANNELS, Map.of("filters", 4, "kernel", 1, "groups", 4)),
                  new Case(CHANNELS, Map.of("filters", 16, "kernel", 2, "groups", 8)),
                  new Case(CHANNELS, Map.of("filters", 9, "kernel", 3, "padding", "same")),
                  new Case(
                      CHANNELS, Map.of("filters", 8, "kernel", 3, "bias", false, "padding", 1)),
                  new Case(TILES, Map.of("filters", 9, "kernel", 3, "padding", "same")),
                  new Case(
                      TILES,
                      Map.of("filters", 8, "kernel", 5, "padding", 2, "activation", "tanh")))),
          Map.entry(
              "conv1d",
              List.of(
                  new Case(SEQUENCE, Map.of("filters", 3, "kernel", 3, "activation", "tanh")),
                  new Case(
                      SEQUENCE,
                      Map.of("filters", 2, "kernel", 2, "dilation", 2, "padding", "causal")),
                  new Case(
                      SEQUENCE,
                      Map.of("filters", 4, "kernel", 3, "stride", 2, "padding", 2, "groups", 2)),
                  new Case(
                      SEQUENCE, Map.of("filters", 8, "kernel", 3, "groups", 4, "padding", "same")),
                  new Case(Shape.sequence(1, 1), Map.of("filters", 2, "kernel", 1)))),
          Map.entry(
              "depthwise-conv2d",
              List.of(
                  new Case(IMAGE, Map.of("kernel", 3)),
                  new Case(
                      IMAGE,
                      Map.of(
                          "kernel",
                          List.of(2, 3),
                          "multiplier",
                          2,
                          "stride",
                          List.of(1, 2),
                          "padding",
                          "same",
                          "activation",
                          "tanh",
                          "bias",
                          false)),
                  new Case(IMAGE, Map.of("kernel", 2, "dilation", 2, "padding", 1)),
                  new Case(POINT, Map.of("kernel", 1)))),
          Map.entry(
              "transposed-conv2d",
              List.of(
                  new Case(IMAGE, Map.of("filters", 2, "kernel", 3, "activation", "tanh")),
                  new Case(
                      IMAGE,
                      Map.of(
                          "filters",
                          2,
                          "kernel",
                          List.of(3, 2),
                          "stride",
                          List.of(3, 2),
                          "padding",
                          List.of(2, 0),
                          "outputPadding",
                          List.of(1, 0),
                          "bias",
                          false)),
                  new Case(
                      IMAGE, Map.of("filters", 1, "kernel", 4, "stride", 2, "padding", "same")),
                  new Case(IMAGE, Map.of("filters", 1, "kernel", 2, "dilation", 2)),
                  new Case(POINT, Map.of("filters", 2, "kernel", 1, "stride", 3)))),
          Map.entry(
              "transposed-conv1d",
              List.of(
                  new Case(SEQUENCE, Map.of("filters", 2, "kernel", 3, "stride", 2)),
                  new Case(
                      SEQUENCE,
                      Map.of(
                          "filters",
                          3,
                          "kernel",
                          4,
                          "stride",
                          3,
                          "padding",
                          1,
                          "outputPadding",
                          2,
                          "activation",
                          "tanh")))),
          Map.entry("max-pool2d", pools()),
          Map.entry("average-pool2d", averages(pools())),
          Map.entry("max-pool1d", pools1d()),
          Map.entry("average-pool1d", averages(pools1d())),
          Map.entry(
              "global-max-pool", List.of(new Case(IMAGE, Map.of()), new Case(SEQUENCE, Map.of()))),
          Map.entry(
              "global-average-pool",
              List.of(
                  new Case(IMAGE, Map.of()),
                  new Case(SEQUENCE, Map.of()),
                  new Case(POINT, Map.of()))),
          Map.entry(
              "upsample2d",
              List.of(
                  new Case(IMAGE, Map.of("size", 2)),
                  new Case(IMAGE, Map.of("size", List.of(1, 3))))));

  private static List<Case> pools() {
    return List.of(
        new Case(IMAGE, Map.of("size", 2)),
        new Case(IMAGE, Map.of("size", 3, "stride", 1)),
        new Case(IMAGE, Map.of("size", 3, "stride", 2, "padding", List.of(1, 2))),
        new Case(IMAGE, Map.of("size", List.of(2, 3), "padding", "same", "stride", 1)));
  }

  private static List<Case> pools1d() {
    return List.of(
        new Case(SEQUENCE, Map.of("size", 2)),
        new Case(SEQUENCE, Map.of("size", 3, "stride", 2, "padding", 1)));
  }

  /** The same, and the last divided by the pixels that a window sees. */
  private static List<Case> averages(List<Case> pools) {
    Map<String, Object> settings = new java.util.TreeMap<>(pools.get(pools.size() - 1).settings());
    settings.put("countPadding", false);
    List<Case> cases = new java.util.ArrayList<>(pools);
    cases.add(new Case(pools.get(0).inputs(), settings));
    return List.copyOf(cases);
  }
}
