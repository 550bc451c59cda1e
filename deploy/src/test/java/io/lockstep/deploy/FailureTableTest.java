package io.lockstep.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of failures in deploy/README.md quotes what the code says. */
class FailureTableTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void everyMessageIsOneOfTheCode() throws IOException {
    String code =
        Stream.of("common", "worker", "driver")
            .map(FailureTableTest::code)
            .collect(Collectors.joining());
    assertThat(messages())
        .hasSizeGreaterThan(15)
        .allSatisfy(message -> assertThat(code).contains(message));
  }

  private static List<String> messages() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("deploy/README.md"));
    int begin = lines.indexOf("<!-- failures: begin -->");
    int end = lines.indexOf("<!-- failures: end -->");
    return lines.subList(begin + 3, end).stream()
        .map(line -> line.substring(line.indexOf('`') + 1, line.indexOf('`', 3)))
        .toList();
  }

  /**
   * What a room's sources say: their text with the pieces of a string put together, and names of
   * settings in the place of the constants that hold them.
   */
  private static String code(String room) {
    try (Stream<Path> files = Files.walk(ROOT.resolve(room).resolve("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(FailureTableTest::text)
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file)
          .replaceAll("\\bOVERHEAD\\s*\\+", "\"spark.executor.memoryOverhead\" +")
          .replaceAll("\\bDRIVER_MEMORY\\s*\\+", "\"spark.driver.memory\" +")
          .replaceAll("\\bMEMORY\\s*\\+", "\"spark.executor.memory\" +")
          .replaceAll("\\bCORES\\s*\\+", "\"spark.executor.cores\" +")
          .replaceAll("\"\\s*\\+\\s*\"", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
