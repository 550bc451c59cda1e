package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples are configurations that Lockstep accepts, and what they name is there. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsAConfigurationNamedAfterItsFile(Path example) throws IOException {
    RunConfiguration configuration =
        RunConfiguration.parse(Files.readString(example), example.toString());
    assertThat(configuration.name() + ".yaml").isEqualTo(example.getFileName().toString());
    assertThat(Network.of(configuration).size()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theFilesThatAnExampleNamesAreThere(Path example) throws IOException {
    Stream.of(Files.readString(example).split("[ ,{}\n]"))
        .filter(word -> word.startsWith("data/"))
        .forEach(word -> assertThat(EXAMPLES.resolve(word)).isRegularFile());
  }
}
