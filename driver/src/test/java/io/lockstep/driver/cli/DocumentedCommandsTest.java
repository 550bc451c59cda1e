package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every command of {@code lockstep} in the documents, the examples' heads and the launcher's help
 * is one that the command line takes, and the configurations that it names can be read with its
 * settings. What the commands do is for tests of their own.
 */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```");
  private static final Pattern INLINE = Pattern.compile("`(deploy/lockstep [^`]+)`");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:^#?\\s*|\\$\\()(?:deploy/)?lockstep ((?:[^\\n)#|`]|\\\\\\n)+)");

  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");

  /** What stands for something of the reader's own. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\b[A-Z][A-Z_]+\\b|\\.\\.\\.|[\\[\\]|]");

  record Documented(String document, String line) {
    @Override
    public String toString() {
      return document + ": " + line;
    }

    /** As a shell parts them. */
    List<String> words() {
      return WORD.matcher(line.replace("$master", "spark://127.0.0.1:7077"))
          .results()
          .map(word -> word.group().replaceAll("[\"']", ""))
          .toList();
    }
  }

  static List<Documented> commands() throws IOException {
    List<Documented> found = new ArrayList<>();
    for (Path document : documents()) {
      String text = Files.readString(document);
      boolean example = document.toString().endsWith(".yaml");
      Stream<String> code =
          example
              ? text.lines().filter(line -> line.startsWith("#   deploy/lockstep "))
              : Stream.concat(
                  BLOCK.matcher(text).results().map(block -> block.group(1)),
                  INLINE
                      .matcher(text)
                      .results()
                      .map(inline -> inline.group(1))
                      .filter(inline -> !PLACEHOLDER.matcher(inline).find()));
      code.forEach(
          block -> {
            Matcher matcher = COMMAND.matcher(block);
            while (matcher.find()) {
              found.add(
                  new Documented(
                      ROOT.relativize(document).toString(),
                      matcher.group(1).replace("\\\n", " ").strip()));
            }
          });
    }
    return found;
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> files =
        Stream.of(".", "deploy", "deploy/examples", "deploy/examples/data", "deploy/image", "k8s")
            .map(ROOT::resolve)
            .flatMap(DocumentedCommandsTest::list)) {
      return files
          .filter(
              file ->
                  file.toString().endsWith(".md")
                      || file.toString().matches(".*/examples/[^/]*yaml"))
          .sorted()
          .toList();
    }
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  @Test
  void theyAreFound() throws IOException {
    assertThat(commands())
        .extracting(Documented::document)
        .contains(
            "README.md",
            "deploy/README.md",
            "deploy/examples/README.md",
            "deploy/examples/mnist-mlp.yaml");
    assertThat(commands())
        .extracting(Documented::line)
        .anyMatch(line -> line.startsWith("server "));
    assertThat(commands()).hasSizeGreaterThan(35);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theCommandLineTakesIt(Documented command) {
    List<String> words = command.words();
    CommandLine lockstep = new CommandLine(new Lockstep());
    if (words.size() == 1 && !words.get(0).startsWith("-")) { // its name, in a sentence
      assertThat(lockstep.getSubcommands()).containsKey(words.get(0));
      return;
    }
    assertThat(lockstep.parseArgs(words.toArray(String[]::new)).errors()).isEmpty();
    List<String> settings = new ArrayList<>();
    for (int w = 1; w < words.size(); w++) {
      if (words.get(w - 1).equals("--set")) {
        settings.add(words.get(w));
      }
    }
    for (String word : words) {
      boolean elsewhere = word.contains("://") || PLACEHOLDER.matcher(word).find();
      if (word.endsWith(".yaml") && !elsewhere) {
        Path file = word.startsWith("/opt/lockstep/") ? inTheImage(word) : ROOT.resolve(word);
        assertThat(ConfigurationFile.load(file, settings).name()).isNotEmpty();
      }
    }
  }

  /** The examples lie there as they lie here. */
  private static Path inTheImage(String path) {
    return ROOT.resolve(path.replace("/opt/lockstep/", "deploy/"));
  }
}
