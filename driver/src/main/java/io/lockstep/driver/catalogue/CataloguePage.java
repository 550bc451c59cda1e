package io.lockstep.driver.catalogue;

import io.lockstep.common.config.Key;
import io.lockstep.driver.report.CardsPage;
import io.lockstep.driver.report.CardsPage.Card;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.guide.Curve;
import io.lockstep.worker.engine.guide.Described;
import io.lockstep.worker.engine.loss.Loss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The pages of activations and of losses: for each a card with its curves and its guide. */
public final class CataloguePage {
  private CataloguePage() {}

  /** The page of these activations as HTML. */
  public static String ofActivations(List<Described<Activation>> activations) {
    return new CardsPage(
            "Activations",
            "Functions of what a layer computes, drawn with their derivatives (dashed). In a"
                + " configuration: activation: NAME, or activation: {type: NAME, key: value}.",
            "x",
            cards(activations, CurvePoints::of))
        .html();
  }

  /** The page of these losses as HTML. */
  public static String ofLosses(List<Described<Loss>> losses) {
    return new CardsPage(
            "Losses",
            "What training makes small: the loss of one example over its prediction, drawn with its"
                + " slope (dashed). In a configuration: loss: {type: NAME, key: value}.",
            "prediction",
            cards(losses, CurvePoints::of))
        .html();
  }

  private static <T> List<Card> cards(
      List<Described<T>> all, BiFunction<T, Curve, CardsPage.Curve> points) {
    return all.stream()
        .map(
            each ->
                new Card(
                    each.name(),
                    each.entry().summary(),
                    each.guide().curves().stream()
                        .map(curve -> points.apply(each.of(curve), curve))
                        .toList(),
                    each.guide().formula(),
                    details(each)))
        .toList();
  }

  private static Map<String, String> details(Described<?> each) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("range", each.guide().range());
    details.put("for", each.guide().purpose());
    if (!each.entry().keys().isEmpty()) {
      details.put(
          "keys",
          each.entry().keys().stream().map(CataloguePage::key).collect(Collectors.joining("; ")));
    }
    return details;
  }

  private static String key(Key<?> key) {
    return key.name()
        + key.writtenDefault().map(value -> " (" + value + ")").orElse("")
        + ": "
        + key.meaning();
  }
}
