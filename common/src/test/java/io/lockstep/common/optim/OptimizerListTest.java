package io.lockstep.common.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the list of optimizers says of its rules. */
class OptimizerListTest {
  static List<Optimizer> optimizers() {
    return Optimizers.ALL;
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyRuleHasAPaperWithItsYearAndAGuideInSentences(Optimizer optimizer) {
    Guide guide = optimizer.guide();
    assertThat(guide.paper()).containsPattern("\\b(19|20)[0-9]{2}, [A-Z]").doesNotEndWith(".");
    assertThat(List.of(guide.purpose(), guide.rate(), guide.batches()))
        .allSatisfy(text -> assertThat(text).matches("[^ ].*[.]").doesNotContain("  "));
    assertThat(guide.rate()).as("a number, or whose it follows").containsPattern("[0-9]|adamw|sgd");
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theFormulaIsThatOfTheRulesOwnDocumentation(Optimizer optimizer) throws IOException {
    Class<?> rule = optimizer.withDefaults().getClass();
    Path source = Path.of("src/main/java", rule.getName().replace('.', '/') + ".java");
    Set<String> documented =
        Files.readAllLines(source).stream()
            .filter(line -> line.startsWith(" * "))
            .map(line -> spacesAsOne(line.substring(3)))
            .collect(Collectors.toSet());
    List<String> formula = optimizer.guide().formula().lines().toList();
    assertThat(formula).isNotEmpty();
    assertThat(formula)
        .allSatisfy(
            line -> assertThat(documented).as(source.toString()).contains(spacesAsOne(line)));
  }

  private static String spacesAsOne(String line) {
    return line.strip().replaceAll(" +", " ").replace("&lt;", "<").replace("&gt;", ">");
  }

  @Test
  void memoryTrafficAndStatisticsAreThoseOfTheDefaultSettings() {
    assertThat(column(Optimizer::stateFloats))
        .contains("sgd 0.0", "momentum 1.0", "lion 1.0", "adam 2.0", "lamb 2.0");
    assertThat(column(Optimizer::streamedBytes))
        .contains(
            "sgd OptionalInt[12]",
            "momentum OptionalInt[20]",
            "lion OptionalInt[20]",
            "adam OptionalInt[28]",
            "lamb OptionalInt[44]",
            "muon OptionalInt.empty");
    assertThat(column(Optimizer::needsTensorStatistics)).contains("adamw false", "lamb true");
    assertThat(column(Optimizer::evaluatesAverage))
        .contains("adamw false", "schedule-free-sgd true");
  }

  private static List<String> column(Function<Optimizer, Object> column) {
    return Optimizers.ALL.stream().map(o -> o.name() + " " + column.apply(o)).toList();
  }
}
