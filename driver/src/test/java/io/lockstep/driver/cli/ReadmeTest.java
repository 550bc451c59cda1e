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
    List<String> lines = Files.readAllLines(README);
    int begin = lines.indexOf("<!-- configuration: begin -->");
    int end = lines.indexOf("<!-- configuration: end -->");
    assertThat(begin).isPositive().isLessThan(end);
    assertThat(lines.subList(begin + 1, end))
        .as("run 'deploy/lockstep configuration' and put what it prints into README.md")
        .isEqualTo(ConfigurationTable.lines());
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
