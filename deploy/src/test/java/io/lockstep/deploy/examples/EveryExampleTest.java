package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.Network;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every example is: a configuration, told of in the guide, its outcome asserted. */
class EveryExampleTest {
  static List<String> examples() {
    return ExampleRun.files();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsAConfigurationNamedAfterItsFile(String example) throws IOException {
    RunConfiguration configuration =
        RunConfiguration.parse(Files.readString(ExampleRun.file(example)), example);
    assertThat(configuration.name() + ".yaml").isEqualTo(example);
    assertThat(Network.of(configuration).size()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theFilesThatAnExampleNamesAreThere(String example) throws IOException {
    Stream.of(Files.readString(ExampleRun.file(example)).split("[ ,{}\n]"))
        .filter(word -> word.startsWith("data/"))
        .forEach(word -> assertThat(ExampleRun.file(word)).isRegularFile());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleHasItsRowInTheGuide(String example) throws IOException {
    assertThat(Files.readString(ExampleRun.file("README.md")))
        .contains("| [`%s`](%s) |".formatted(example, example));
  }

  @Test
  void eachExampleIsNamedByTheTestThatAssertsItsOutcome() throws IOException, URISyntaxException {
    Path classes = Path.of(Objects.requireNonNull(EveryExampleTest.class.getResource(".")).toURI());
    try (Stream<Path> files = Files.list(classes)) {
      List<String> asserted =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Test.class"))
              .map(EveryExampleTest::classOf)
              .flatMap(test -> Stream.of(test.getAnnotationsByType(Asserts.class)))
              .flatMap(asserts -> Stream.of(asserts.value()))
              .toList();
      assertThat(asserted)
          .as("files of @Asserts beside those of deploy/examples; a new example needs a test")
          .containsExactlyInAnyOrderElementsOf(ExampleRun.files());
    }
  }

  private static Class<?> classOf(String file) {
    String name = EveryExampleTest.class.getPackageName() + "." + file.replace(".class", "");
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("no class " + name + ", whose file is there", e);
    }
  }
}
