package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.cli.LockstepTest.Output;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.guide.Described;
import io.lockstep.worker.engine.loss.Losses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueCommandsTest {
  @TempDir private Path folder;

  static Stream<Arguments> commands() {
    return Stream.of(
        Arguments.of("activations", Activations.ALL), Arguments.of("losses", Losses.ALL));
  }

  static Stream<Arguments> entries() {
    return Stream.concat(
        Activations.ALL.stream().map(each -> Arguments.of("activations", each)),
        Losses.ALL.stream().map(each -> Arguments.of("losses", each)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("commands")
  void everyEntryHasAParagraphAndACard(String command, List<? extends Described<?>> all)
      throws Exception {
    Path page = folder.resolve("page.html");
    Output output = LockstepTest.run(command, "--output", page.toString());
    assertThat(output.err()).isEmpty();
    assertThat(output.code()).isZero();
    List<String> lines = output.out().lines().toList();
    for (Described<?> each : all) {
      assertThat(lines).contains(each.name() + ": " + each.entry().summary());
    }
    assertThat(lines.stream().filter(line -> line.startsWith("  formula "))).hasSameSizeAs(all);
    assertThat(lines.stream().filter(line -> line.startsWith("  range   "))).hasSameSizeAs(all);
    assertThat(lines.stream().filter(line -> line.startsWith("  for     "))).hasSameSizeAs(all);
    assertThat(lines).contains("page: " + page);
    assertThat(Files.readString(page)).contains("<article id=\"" + all.get(0).name() + "\">");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("entries")
  void everyEntryCanBeShown(String command, Described<?> each) {
    Output output = LockstepTest.run(command, each.name());
    assertThat(output.code()).isZero();
    assertThat(output.out())
        .startsWith(each.name() + ": ")
        .contains("# formula", "# keys", "# guide")
        .doesNotContain("page:");
  }

  @Test
  void oneIsShownWithItsKeysAndDrawnWhereAsked() throws Exception {
    Path page = folder.resolve("prelu.html");
    Output output = LockstepTest.run("activations", "prelu", "--output", page.toString());
    assertThat(output.out())
        .contains("dy/dalpha = 0 for x > 0, else x")
        .containsPattern("(?m)^alpha +0\\.25 +a number, in \\[0, 1\\) +the first slope below 0$")
        .endsWith("\npage: " + page + "\n");
    assertThat(Files.readString(page))
        .contains("<article id=\"prelu\">")
        .doesNotContain("<article id=\"relu\">");
  }

  @Test
  void whatIsUnknownIsRefusedWithTheNearestName() {
    Output output = LockstepTest.run("losses", "hubber");
    assertThat(output.code()).isEqualTo(2);
    assertThat(output.err()).startsWith("lockstep: unknown loss 'hubber', did you mean 'huber'?");
    assertThat(LockstepTest.run("activations", "--output", folder.toString()).err())
        .startsWith("lockstep: --output must be a file in a folder that exists, got " + folder);
  }
}
