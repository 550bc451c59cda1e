package io.lockstep.driver.range;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RangePageTest {
  private static RangeResult result(String name) {
    LossCurve curve = new LossCurve(0.9, 4);
    for (int t = 0; t < 100; t++) {
      curve.add(Math.pow(10, -5 + t / 25.0), 3 - t / 50.0);
    }
    return new RangeResult(
        name,
        Map.of("type", "sgd"),
        new RangeSettings(1e-5, 0.1, 101, 0.9, 4),
        RangeResult.Ending.NOT_FINITE,
        curve.points(),
        Suggestions.of(curve.points()),
        true,
        "of a test");
  }

  @Test
  void aPageLoadsNothing() {
    String page = RangePage.html(result("small"));
    assertThat(page)
        .contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'")
        .doesNotContainPattern("(?i)\\b(src|href)\\s*=\\s*[\"'a-z]")
        .doesNotContain("url(", "@import", "<link", "<img", "<iframe")
        .doesNotContainPattern("\\b(fetch|XMLHttpRequest|WebSocket|importScripts)\\b");
  }

  @Test
  void thePageHoldsTheLibraryWithItsLicenceAndNothingUnfilled() {
    String page = RangePage.html(result("small"));
    assertThat(page)
        .contains("var uPlot=", "Permission is hereby granted", "Copyright (c) 2022 Leon Sorokin")
        .contains("<title>Learning-rate range test: small</title>")
        .doesNotContain("{{");
    assertThat(page.length()).isLessThan(200_000);
  }

  @Test
  void theSameFiguresAreInsideAsJson() throws Exception {
    RangeResult result = result("small");
    JsonNode json = new ObjectMapper().readTree(script(RangePage.html(result), "result"));
    assertThat(json.toString()).isEqualTo(new ObjectMapper().readTree(result.toJson()).toString());
    assertThat(json.get("what").asText()).isEqualTo("learning-rate range test");
    assertThat(json.get("points")).hasSize(100);
    assertThat(json.get("suggestion").asDouble())
        .isEqualTo(result.suggestions().best().orElseThrow().learningRate());
    JsonNode chart = new ObjectMapper().readTree(script(RangePage.html(result), "chart-data"));
    assertThat(chart.get("x").get("log").asBoolean()).isTrue();
    assertThat(chart.get("series")).hasSize(2);
    assertThat(chart.get("marks")).hasSize(4);
  }

  @Test
  void namesCannotBreakOutOfThePage() {
    String page = RangePage.html(result("</script><b>&{{title}}"));
    assertThat(page)
        .contains("<h1>Learning-rate range test: &lt;/script&gt;&lt;b&gt;&amp;{{title}}</h1>")
        .doesNotContain("</script><b>");
  }

  @Test
  void anExplosionDoesNotHideTheDescent() throws Exception {
    LossCurve curve = new LossCurve(0, 1e6);
    for (int t = 0; t < 20; t++) {
      curve.add(t + 1, 2 - t / 20.0);
    }
    curve.add(21, 1e5);
    RangeResult result =
        new RangeResult(
            "steep",
            Map.of(),
            new RangeSettings(1, 21, 21, 0, 1e6),
            RangeResult.Ending.LAST_STEP,
            curve.points(),
            Suggestions.of(curve.points()),
            true,
            "");
    JsonNode chart = new ObjectMapper().readTree(script(RangePage.html(result), "chart-data"));
    assertThat(chart.get("y").get("most").asDouble()).isBetween(2.0, 2.5);
    assertThat(chart.get("y").get("least").asDouble()).isBetween(0.9, 1.05);
  }

  private static String script(String page, String id) {
    Matcher matcher =
        Pattern.compile(
                "<script type=\"application/json\" id=\"" + id + "\">(.*?)</script>",
                Pattern.DOTALL)
            .matcher(page);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}
