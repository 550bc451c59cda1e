package io.lockstep.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The commands in the project's documents. */
final class Documents {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```");
  private static final Pattern INLINE = Pattern.compile("(?<!`)`([^`\n]+)`(?!`)");

  /** What a line in a sentence begins with where it is a command, and goes on after. */
  private static final Pattern BEGINNING =
      Pattern.compile(
          "(sudo|cd|mvn|kubectl|kustomize|kind|podman|buildah|curl|aws|spark-submit|deploy/\\S+) .+");

  private static final Map<String, String> SOURCES = new ConcurrentHashMap<>();

  private Documents() {}

  /**
   * Commands that a reader gives one after the other.
   *
   * @param document where they stand
   * @param lines with what was broken by a backslash put together
   */
  record Block(Path document, List<String> lines) {
    @Override
    public String toString() {
      return document + ": " + lines.get(0) + (lines.size() == 1 ? "" : " ...");
    }
  }

  /** All of them: blocks of code, and single commands in sentences. */
  static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (Path document : files()) {
      String text = text(document);
      Path name = root().relativize(document);
      BLOCK.matcher(text).results().forEach(b -> blocks.add(new Block(name, lines(b.group(1)))));
      INLINE
          .matcher(BLOCK.matcher(text).replaceAll(""))
          .results()
          .map(inline -> inline.group(1))
          .filter(inline -> BEGINNING.matcher(inline).matches() && !inline.endsWith("..."))
          .forEach(inline -> blocks.add(new Block(name, List.of(inline))));
    }
    return blocks;
  }

  private static List<String> lines(String block) {
    return block.replace("\\\n", " ").lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
  }

  /** Every document of the repository. */
  static List<Path> files() {
    try (Stream<Path> files =
        Files.find(
            root(),
            10,
            (file, attributes) ->
                file.toString().endsWith(".md")
                    && !root().relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The repository. */
  static Path root() {
    return Overlays.folder().resolve("..").toAbsolutePath().normalize();
  }

  /** The text of a file. */
  static String text(Path file) {
    try {
      return Files.readString(root().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of Java's sources below a folder. */
  static String sources(String below) {
    return SOURCES.computeIfAbsent(below, Documents::read);
  }

  private static String read(String below) {
    try (Stream<Path> files = Files.walk(Documents.root().resolve(below))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(Documents::text)
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
