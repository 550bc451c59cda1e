package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.optim.Optimizer;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.driver.cli.LockstepTest.Output;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizersCommandTest {
  @Test
  void everyRuleHasARowAndAParagraph() {
    Output output = LockstepTest.run("optimizers");
    assertThat(output.code()).isZero();
    assertThat(output.err()).isEmpty();
    List<String> lines = output.out().lines().toList();
    assertThat(lines.get(0)).matches("name +state +bytes +waits +average +paper");
    for (Optimizer optimizer : Optimizers.ALL) {
      assertThat(lines)
          .anyMatch(
              line ->
                  line.matches(optimizer.name() + " +[0-9.]+ +([0-9]+|-) +(yes|no) +(yes|no) +.*"))
          .contains(optimizer.name() + ": " + optimizer.entry().summary());
    }
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
  }

  @Test
  void theTableSaysWhatARuleCosts() {
    assertThat(LockstepTest.run("optimizers").out().lines().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "sgd 0 12 no no Robbins, Monro 1951",
            "lion 1 20 no no Chen et al. 2023",
            "adamw 2 28 no no Loshchilov, Hutter 2019",
            "schedule-free-adamw 2 28 no yes Defazio et al. 2024",
            "lamb 2 44 yes no You et al. 2020");
  }

  @Test
  void oneRuleIsShownWithFormulaKeysAndGuide() {
    Output output = LockstepTest.run("optimizers", "lion");
    assertThat(output.code()).isZero();
    assertThat(output.out())
        .startsWith(
            """
            lion: Steps of one size along the sign of the momentum (Chen 2023).

            # formula
            """)
        .containsPattern(
            "(?m)^beta2 +0\\.99 +a number, in \\[0, 1\\) +part of m that a step keeps$")
        .contains(
            """

            # guide
              for     Large transformers for images, text and diffusion, with half of adamw's state.
              rate    A third to a tenth of adamw's, with 3 to 10 times its weightDecay (the paper).
              batches 64 and more; the larger, the more it gains on adamw (the paper).
              memory  1 float beside a parameter (of a 1024 x 1024 matrix, by default); an update moves 20 bytes
                      a parameter.
              paper   Chen et al. 2023, Symbolic discovery of optimization algorithms, arXiv 2302.06675.
            """);
  }

  static List<String> names() {
    return Optimizers.ALL.stream().map(Optimizer::name).toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyRuleCanBeShown(String name) {
    Output output = LockstepTest.run("optimizers", name);
    assertThat(output.code()).isZero();
    assertThat(output.out()).startsWith(name + ": ").contains("# formula", "# keys", "# guide");
  }

  @Test
  void anUnknownRuleIsRefusedWithTheNearestName() {
    Output output = LockstepTest.run("optimizers", "adamv");
    assertThat(output.code()).isEqualTo(2);
    assertThat(output.err())
        .startsWith("lockstep: unknown optimizer 'adamv', did you mean 'adam'? known: sgd, ");
  }
}
