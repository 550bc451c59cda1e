package io.lockstep.driver.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.guide.Described;
import io.lockstep.worker.engine.loss.Losses;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CataloguePageTest {
  static Stream<Arguments> pages() {
    return Stream.of(
        Arguments.of(
            "Activations", CataloguePage.ofActivations(Activations.ALL), names(Activations.ALL)),
        Arguments.of("Losses", CataloguePage.ofLosses(Losses.ALL), names(Losses.ALL)));
  }

  private static List<String> names(List<? extends Described<?>> all) {
    return all.stream().map(Described::name).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void aPageLoadsNothing(String title, String page, List<String> names) {
    assertThat(page)
        .contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'")
        .contains("var uPlot=", "Permission is hereby granted", "Copyright (c) 2022 Leon Sorokin")
        .doesNotContainPattern("(?i)\\bsrc\\s*=\\s*[\"'a-z]")
        .doesNotContainPattern("(?i)\\bhref\\s*=\\s*[\"'](?!#)")
        .doesNotContain("url(", "@import", "<link", "<img", "<iframe", "{{")
        .doesNotContainPattern("\\b(fetch|XMLHttpRequest|WebSocket|importScripts)\\b");
    assertThat(page.length()).isLessThan(1_000_000);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void everyEntryHasACardInOrder(String title, String page, List<String> names) {
    assertThat(page).contains("<title>" + title + "</title>");
    Matcher cards = Pattern.compile("<article id=\"([^\"]+)\">").matcher(page);
    assertThat(cards.results().map(found -> found.group(1))).containsExactlyElementsOf(names);
  }

  /** Each slope lies between the quotients of its neighbours, where no kink is between them. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("pages")
  void theSlopesAreThoseOfTheCurves(String title, String page, List<String> names)
      throws Exception {
    JsonNode charts = new ObjectMapper().readTree(script(page)).get("charts");
    assertThat(charts.size()).isGreaterThan(names.size() / 2);
    charts
        .fieldNames()
        .forEachRemaining(name -> charts.get(name).forEach(curve -> assertSlopes(name, curve)));
  }

  private static void assertSlopes(String name, JsonNode curve) {
    JsonNode x = curve.get("x");
    JsonNode y = curve.get("y");
    JsonNode slope = curve.get("slope");
    assertThat(x).hasSize(241).hasSameSizeAs(y).hasSameSizeAs(slope);
    int near = 0;
    for (int i = 1; i + 1 < x.size(); i++) {
      double dx = x.get(i + 1).asDouble() - x.get(i - 1).asDouble();
      double quotient = (y.get(i + 1).asDouble() - y.get(i - 1).asDouble()) / dx;
      if (Math.abs(quotient - slope.get(i).asDouble()) < 0.01 * Math.max(1, Math.abs(quotient))) {
        near++;
      }
    }
    // some have kinks
    assertThat(near)
        .as("%s %s: places where the slope is right", name, curve.get("name"))
        .isGreaterThan(230);
  }

  @Test
  void softmaxIsDrawnOverTheFirstOfThree() throws Exception {
    JsonNode curve =
        new ObjectMapper()
            .readTree(script(CataloguePage.ofActivations(Activations.ALL)))
            .get("charts")
            .get("softmax")
            .get(0);
    assertThat(curve.get("x").get(120).asDouble()).isZero();
    assertThat(curve.get("y").get(120).asDouble()).isCloseTo(1.0 / 3, within(1e-6));
    assertThat(curve.get("slope").get(120).asDouble()).isCloseTo(2.0 / 9, within(1e-6));
  }

  private static String script(String page) {
    Matcher matcher =
        Pattern.compile(
                "<script type=\"application/json\" id=\"charts\">(.*?)</script>", Pattern.DOTALL)
            .matcher(page);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}
