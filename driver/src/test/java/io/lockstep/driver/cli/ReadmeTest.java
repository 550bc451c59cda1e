package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("../README.md");

  @Test
  void theTablesOfTheConfigurationAreThoseOfTheCode() throws IOException {
    assertThat(between("configuration"))
        .as("run 'deploy/lockstep configuration' and put what it prints into README.md")
        .isEqualTo(ConfigurationTable.lines());
  }

  @Test
  void theTableOfOptimizersIsThatOfTheCommand() throws IOException {
    List<String> printed = LockstepTest.run("optimizers").out().lines().toList();
    int guide = printed.lastIndexOf("");
    assertThat(between("optimizers"))
        .as(
            "run 'deploy/lockstep optimizers' and put what it prints above the guide into README.md")
        .startsWith("```text")
        .endsWith("```")
        .containsSequence(printed.subList(0, guide));
  }

  private static List<String> between(String mark) throws IOException {
    List<String> lines = Files.readAllLines(README);
    int begin = lines.indexOf("<!-- " + mark + ": begin -->");
    int end = lines.indexOf("<!-- " + mark + ": end -->");
    assertThat(begin).isPositive().isLessThan(end);
    return lines.subList(begin + 1, end);
  }

  @Test
  void everyCommandIsInTheReadme() throws IOException {
    String readme = Files.readString(README);
    LockstepTest.everyCommand()
        .map(command -> command.getCommandSpec().qualifiedName().replaceFirst("^lockstep ?", ""))
        .filter(name -> !name.isEmpty())
        .forEach(name -> assertThat(readme).contains(name));
  }
}
