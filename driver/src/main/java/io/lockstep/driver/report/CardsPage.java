package io.lockstep.driver.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A page of cards, each with a small chart of functions and their derivatives and with what there
 * is to say of them, that a browser shows without a network, as {@link ChartPage} does.
 *
 * @param title of the page
 * @param lead one or two sentences under the title
 * @param axis what the horizontal axes measure
 * @param cards in their order
 */
public record CardsPage(String title, String lead, String axis, List<Card> cards) {
  /** Copies the list. */
  public CardsPage {
    cards = List.copyOf(cards);
  }

  /**
   * A card.
   *
   * @param name the heading, unique on the page
   * @param summary under the heading
   * @param curves what the chart draws; without any there is no chart
   * @param formula lines
   * @param details labels and texts below the formula
   */
  public record Card(
      String name,
      String summary,
      List<Curve> curves,
      String formula,
      Map<String, String> details) {
    /** Copies curves and details. */
    public Card {
      curves = List.copyOf(curves);
      details = new LinkedHashMap<>(details);
    }
  }

  /**
   * A function and its derivative at the same places.
   *
   * @param name in the legend; may be empty where a card has but one
   * @param x rising
   * @param y the function, as many
   * @param slope the derivative, as many
   */
  public record Curve(String name, List<Double> x, List<Double> y, List<Double> slope) {}

  /** The page. */
  public String html() {
    Map<String, String> parts = new LinkedHashMap<>(PageParts.library());
    parts.put("title", PageParts.escape(title));
    parts.put("lead", PageParts.escape(lead));
    parts.put("contents", contents());
    parts.put("cards", cardsHtml());
    parts.put("style", PageParts.resource("chart-page.css") + PageParts.resource("cards-page.css"));
    parts.put("script", PageParts.resource("cards-page.js"));
    parts.put("charts", PageParts.json(charts()));
    return PageParts.fill(PageParts.resource("cards-page.html"), parts);
  }

  private Map<String, Object> charts() {
    Map<String, Object> charts = new LinkedHashMap<>();
    for (Card card : cards) {
      if (!card.curves().isEmpty()) {
        charts.put(card.name(), card.curves());
      }
    }
    return Map.of("axis", axis, "charts", charts);
  }

  private String contents() {
    StringBuilder html = new StringBuilder();
    for (Card card : cards) {
      String name = PageParts.escape(card.name());
      html.append("<a href=\"#").append(name).append("\">").append(name).append("</a>\n");
    }
    return html.toString();
  }

  private String cardsHtml() {
    StringBuilder html = new StringBuilder();
    for (Card card : cards) {
      String name = PageParts.escape(card.name());
      html.append("<article id=\"").append(name).append("\">\n<h2>").append(name);
      html.append("</h2>\n<p class=\"summary\">").append(PageParts.escape(card.summary()));
      html.append("</p>\n");
      if (!card.curves().isEmpty()) {
        html.append("<div class=\"chart\" data-of=\"").append(name).append("\"></div>\n");
      }
      html.append("<pre>")
          .append(PageParts.escape(card.formula().strip()))
          .append("</pre>\n<dl>\n");
      card.details()
          .forEach(
              (label, text) ->
                  html.append("<dt>")
                      .append(PageParts.escape(label))
                      .append("</dt><dd>")
                      .append(PageParts.escape(text))
                      .append("</dd>\n"));
      html.append("</dl>\n</article>\n");
    }
    return html.toString();
  }
}
