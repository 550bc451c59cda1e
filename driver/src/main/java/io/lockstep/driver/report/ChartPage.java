package io.lockstep.driver.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
  private static final String LIBRARY = "/META-INF/resources/webjars/uplot/";

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
    String version = Build.version("uplot");
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("title", escape(title));
    parts.put("lead", escape(lead));
    parts.put("caption", escape(caption));
    parts.put("table", tableHtml());
    parts.put("note", escape(note));
    parts.put("build", escape("Lockstep " + Build.version() + ", commit " + Build.commit()));
    parts.put("libraryVersion", escape(version));
    parts.put("libraryLicence", library(version, "LICENSE"));
    parts.put("libraryStyle", library(version, "dist/uPlot.min.css"));
    parts.put("library", library(version, "dist/uPlot.iife.min.js"));
    parts.put("style", resource("chart-page.css"));
    parts.put("script", resource("chart-page.js"));
    parts.put("chart", inScript(write(chart())));
    parts.put("result", inScript(json));
    return fill(resource("chart-page.html"), parts);
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
        html.append('<').append(cell).append('>').append(keepTogether(escape(text)));
        html.append("</").append(cell).append('>');
      }
      html.append("</tr>\n");
    }
    return html.toString();
  }

  /** Fills the places {@code {{name}}} of a template in one pass: what is filled in is not read. */
  private static String fill(String template, Map<String, String> parts) {
    StringBuilder page = new StringBuilder();
    int at = 0;
    for (int open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", at)) {
      int close = template.indexOf("}}", open);
      String part = parts.get(template.substring(open + 2, close));
      if (part == null) {
        throw new IllegalStateException("no part of a page: " + template.substring(open, close));
      }
      page.append(template, at, open).append(part);
      at = close + 2;
    }
    return page.append(template, at, template.length()).toString();
  }

  private static String library(String version, String file) {
    return read(LIBRARY + version + "/" + file);
  }

  private static String resource(String file) {
    return read(file);
  }

  private static String read(String name) {
    try (@Nullable InputStream in = ChartPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  private static String write(Object plain) {
    try {
      return new ObjectMapper().writeValueAsString(plain);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written", e);
    }
  }

  /** JSON that no browser takes for the end of the script around it. */
  private static String inScript(String json) {
    return json.replace("<", "\\u003c");
  }

  /** Text in HTML. */
  /** A figure and its unit stay on one line. */
  private static String keepTogether(String text) {
    return text.replace(" %", "&nbsp;%");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Copies the lists. */
  public ChartPage {
    series = List.copyOf(series);
    marks = List.copyOf(marks);
    table = List.copyOf(new ArrayList<>(table));
  }
}
