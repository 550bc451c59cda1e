package io.lockstep.driver;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's Prometheus servlet and its pages say while a run goes on. */
class FiguresInSparkTest {
  /** The documented command, less the driver's address: the page, and what is looked for in it. */
  private static final Pattern DOCUMENTED =
      Pattern.compile("(?m)^curl -s http://localhost:4040(/\\S*) \\| grep (\\S+)$");

  private static final String PREFIX =
      "metrics_lockstep_driver_plugin_io_lockstep_driver_spark_LockstepPlugin_";

  @TempDir private Path folder;

  @Test
  void theServletShowsTheLineOfTheLastStep() throws IOException {
    RunCase runs = new RunCase(folder);
    RunConfiguration configuration =
        RunCase.configuration(
            runs.idx("source", RunCase.inOrder()),
            RunCase.MLP,
            RunCase.SGD,
            "train.steps=4",
            "cluster.workers=2",
            "cluster.spark={spark.ui.enabled: true, spark.ui.port: 0}");
    List<StepRecord> steps = new ArrayList<>();
    List<String> pages = new ArrayList<>();
    Matcher documented = DOCUMENTED.matcher(Files.readString(Path.of("../deploy/README.md")));
    assertThat(documented.find()).as("the curl of deploy/README.md").isTrue();
    List<String> tabs = new ArrayList<>();
    List<String> jobs = new ArrayList<>();
    Summary summary =
        RunCase.run(
            configuration,
            runs.newDirectory(),
            new RunListener() {
              @Override
              public void step(StepRecord step) {
                steps.add(step);
                pages.add(page(documented.group(1)));
                tabs.add(page("/lockstep/"));
                jobs.add(page("/jobs/"));
              }
            });
    assertThat(steps).hasSize(4);
    assertThat(jobs)
        .allSatisfy(job -> assertThat(job).contains("href=\"/lockstep/\"", summary.runId()));
    double seconds = 0;
    for (int i = 0; i < steps.size(); i++) {
      StepRecord step = steps.get(i);
      String page = pages.get(i);
      seconds += step.seconds();
      assertThat(figure(page, "step")).isEqualTo(i + 1);
      assertThat(figure(page, "loss")).isEqualTo(step.loss());
      assertThat(page.lines().filter(line -> line.contains(documented.group(2))))
          .singleElement()
          .satisfies(line -> assertThat(line).endsWith(" " + step.loss()));
      assertThat(figure(page, "learningRate")).isEqualTo(step.learningRate());
      assertThat(figure(page, "examplesPerSecond")).isEqualTo(step.examplesPerSecond());
      assertThat(figure(page, "seconds")).isCloseTo(seconds, within(1e-9));
      assertThat(figure(page, "restarts")).isZero();
      assertThat(figure(page, "servers")).isEqualTo(1);
      String tab = tabs.get(i).replaceAll("\\s*<[^>]*>\\s*", "|").replaceAll("\\|+", "|");
      assertThat(tab)
          .contains(
              "|run|" + summary.runId() + "|",
              "|configuration|" + configuration.name() + "|",
              "|state|training|",
              "|epoch|1 of 1|",
              "|step|" + (i + 1) + " of 4|",
              "|loss|",
              "|learning rate|0.05|",
              "|workers|2|restarts|0|");
      assertThat(tabs.get(i)).contains("<progress", "max=\"4\" value=\"" + (i + 1) + "\"");
    }
  }

  /** Asked in the driver's own way: the page that a browser sees. */
  private static String page(String path) {
    String address = SparkSession.getDefaultSession().get().sparkContext().uiWebUrl().get();
    URI uri = URI.create(address + path);
    try {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + uri, e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static double figure(String page, String key) {
    Matcher matcher =
        Pattern.compile("(?m)^" + PREFIX + key + "_Value\\{[^}]*\\} (\\S+)$").matcher(page);
    String ours = page.lines().filter(line -> line.startsWith(PREFIX)).collect(joining("\n"));
    assertThat(matcher.find()).as("%s in%n%s", key, ours).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}
