package io.lockstep.driver.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every figure that the dashboard asks Prometheus for is one that a process shows. */
class GrafanaDashboardTest {
  private static final Path DASHBOARD = Path.of("../deploy/metrics/grafana-dashboard.json");
  private static final Pattern METRIC = Pattern.compile("\\b(metrics_|lockstep_)\\w+");

  @Test
  void itAsksForFiguresThatAreShown() throws IOException {
    Set<String> shown = new TreeSet<>();
    for (Figure figure : Figure.values()) {
      shown.add(
          "metrics_lockstep_driver_plugin_io_lockstep_driver_spark_LockstepPlugin_"
              + figure.key()
              + "_Value");
      shown.add(
          MetricsEndpoint.name(figure) + (figure.kind() == Figure.Kind.TOTAL ? "_total" : ""));
    }
    Set<String> asked = asked();
    assertThat(shown).containsAll(asked);
    assertThat(asked).hasSizeGreaterThan(15);
  }

  /** A figure of the run that nobody sees would be of no use. */
  @Test
  void itShowsEveryFigureOfARunAndOfServers() throws IOException {
    String all = String.join(" ", asked());
    assertThat(
            Arrays.stream(Figure.values())
                .filter(figure -> figure.of() != Figure.Of.WORKER && figure != Figure.SECONDS)
                .map(
                    figure ->
                        figure.of() == Figure.Of.RUN
                            ? "_" + figure.key() + "_Value"
                            : MetricsEndpoint.name(figure)))
        .allMatch(all::contains);
  }

  @Test
  void everyPanelHasAPlaceOfItsOwn() throws IOException {
    List<JsonNode> places = new ArrayList<>();
    new ObjectMapper()
        .readTree(DASHBOARD.toFile())
        .get("panels")
        .forEach(panel -> places.add(panel.get("gridPos")));
    for (int i = 0; i < places.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(overlap(places.get(i), places.get(j))).as("panels %d and %d", j, i).isFalse();
      }
    }
  }

  private static boolean overlap(JsonNode a, JsonNode b) {
    return a.get("x").asInt() < b.get("x").asInt() + b.get("w").asInt()
        && b.get("x").asInt() < a.get("x").asInt() + a.get("w").asInt()
        && a.get("y").asInt() < b.get("y").asInt() + b.get("h").asInt()
        && b.get("y").asInt() < a.get("y").asInt() + a.get("h").asInt();
  }

  private static Set<String> asked() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    String questions =
        dashboard.findValuesAsText("expr").stream().collect(Collectors.joining("\n"))
            + dashboard.findValuesAsText("query");
    Matcher matcher = METRIC.matcher(questions);
    Set<String> asked = new TreeSet<>();
    while (matcher.find()) {
      asked.add(matcher.group());
    }
    return asked;
  }
}
