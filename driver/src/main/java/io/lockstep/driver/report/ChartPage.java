package io.lockstep.driver.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A page with one chart and one table that a browser shows without a network: the chart library
 * (uPlot, MIT licence), the style, the figures and their JSON are all inside. It follows the
 * reader's choice of light or dark and fits a phone.
 *
 * @param title of the page
 * @param lead one or two sentences under the title
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series the lines, in the order of the legend
 * @param marks vertical lines
 * @param caption what the chart shows
 * @param table the first row is the head
 * @param chosenRow the row of the table that is set off, from 1; 0 for none
 * @param note under the table
 * @param json the figures once more, for programs: the text of the element {@code result}
 */
public record ChartPage(
    String title,
    String lead,
    Axis x,
    Axis y,
    List<Series> series,
    List<Mark> marks,
    String caption,
    List<List<String>> table,
    int chosenRow,
    String note,
    String json) {
  /**
   * An axis.
   *
   * @param label what it measures
   * @param log whether it is logarithmic
   * @param range [least, most] that are shown; empty for all
   */
  public record Axis(String label, boolean log, List<Double> range) {
    Map<String, Object> plain() {
      Map<String, Object> plain = new LinkedHashMap<>();
      plain.put("label", label);
      plain.put("log", log);
      if (!range.isEmpty()) {
        plain.put("least", range.get(0));
        plain.put("most", range.get(1));
      }
      return plain;
    }
  }

  /**
   * A line.
   *
   * @param name in the legend
   * @param faint whether it stays behind the others
   * @param xs rising
   * @param ys as many
   */
  public record Series(String name, boolean faint, List<Double> xs, List<Double> ys) {
    Map<String, Object> plain() {
      return Map.of("name", name, "faint", faint, "x", xs, "y", ys);
    }
  }

  /**
   * A vertical line with a name.
   *
   * @param name beside it
   * @param x where
   * @param main whether it is the one that matters
   */
  public record Mark(String name, double x, boolean main) {}

  /** The page. */
  public String html() {
    Map<String, String> parts = new LinkedHashMap<>(PageParts.library());
    parts.put("title", PageParts.escape(title));
    parts.put("lead", PageParts.escape(lead));
    parts.put("caption", PageParts.escape(caption));
    parts.put("table", tableHtml());
    parts.put("note", PageParts.escape(note));
    parts.put("style", PageParts.resource("chart-page.css"));
    parts.put("script", PageParts.resource("chart-page.js"));
    parts.put("chart", PageParts.json(chart()));
    parts.put("result", PageParts.inScript(json));
    return PageParts.fill(PageParts.resource("chart-page.html"), parts);
  }

  private Map<String, Object> chart() {
    Map<String, Object> chart = new LinkedHashMap<>();
    chart.put("x", x.plain());
    chart.put("y", y.plain());
    chart.put("series", series.stream().map(Series::plain).toList());
    chart.put("marks", marks);
    return chart;
  }

  private String tableHtml() {
    StringBuilder html = new StringBuilder();
    for (int r = 0; r < table.size(); r++) {
      html.append(r > 0 && r == chosenRow ? "<tr class=\"chosen\">" : "<tr>");
      String cell = r == 0 ? "th" : "td";
      for (String text : table.get(r)) {
        html.append('<')
            .append(cell)
            .append('>')
            .append(PageParts.keepTogether(PageParts.escape(text)));
        html.append("</").append(cell).append('>');
      }
      html.append("</tr>\n");
    }
    return html.toString();
  }

  /** Copies the lists. */
  public ChartPage {
    series = List.copyOf(series);
    marks = List.copyOf(marks);
    table = List.copyOf(new ArrayList<>(table));
  }
}
