package io.lockstep.driver.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What pages are put together from, so that a browser needs nothing else to show them. */
final class PageParts {
  private static final String LIBRARY = "/META-INF/resources/webjars/uplot/";

  private PageParts() {}

  /** The chart library with its style and licence, and the build, for a template's places. */
  static Map<String, String> library() {
    String version = Build.version("uplot");
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("build", escape("Lockstep " + Build.version() + ", commit " + Build.commit()));
    parts.put("libraryVersion", escape(version));
    parts.put("libraryLicence", resource(LIBRARY + version + "/LICENSE"));
    parts.put("libraryStyle", resource(LIBRARY + version + "/dist/uPlot.min.css"));
    parts.put("library", resource(LIBRARY + version + "/dist/uPlot.iife.min.js"));
    return parts;
  }

  /** Fills the places {@code {{name}}} of a template in one pass: what is filled in is not read. */
  static String fill(String template, Map<String, String> parts) {
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

  /** A text file of the build, beside this class or by its full path. */
  static String resource(String name) {
    try (@Nullable InputStream in = PageParts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  /** Plain Java as JSON inside of a script element. */
  static String json(Object plain) {
    try {
      return inScript(new ObjectMapper().writeValueAsString(plain));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written", e);
    }
  }

  /** JSON that no browser takes for the end of the script around it. */
  static String inScript(String json) {
    return json.replace("<", "\\u003c");
  }

  /** A figure and its unit stay on one line. */
  static String keepTogether(String text) {
    return text.replace(" %", "&nbsp;%");
  }

  /** Text in HTML. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
