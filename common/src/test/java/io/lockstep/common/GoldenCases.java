package io.lockstep.common;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * The reference cases of a kind ({@code optimizers}, {@code schedules}, {@code losses}, {@code
 * activations}, {@code layers}): one JSON file a case, computed in float64 by another
 * implementation.
 *
 * <p>They come from the test resources under {@code golden/KIND}, or from the folder that the
 * system property {@code golden.dir} names; a kind of which that folder has nothing is skipped.
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> everyCase() {
 *   return GoldenCases.tests("losses", this::check);
 * }
 * }</pre>
 */
public final class GoldenCases {
  private static final ObjectMapper JSON = new ObjectMapper();

  private GoldenCases() {}

  /** A test for each case of the kind, named after it; none, skipped, where there are none. */
  public static Stream<DynamicTest> tests(String kind, Consumer<GoldenCase> check) {
    return of(kind).stream()
        .map(golden -> DynamicTest.dynamicTest(golden.name(), () -> check(golden, check)));
  }

  /** Names the case whose type or key is not known; other failures name it themselves. */
  private static void check(GoldenCase golden, Consumer<GoldenCase> check) {
    try {
      check.accept(golden);
    } catch (ConfigurationException e) {
      throw new AssertionError("case " + golden.name() + ": " + e.getMessage(), e);
    }
  }

  /** The cases of the kind by name; aborts the test where {@code golden.dir} has none. */
  public static List<GoldenCase> of(String kind) {
    String folder = System.getProperty("golden.dir", "");
    if (folder.isEmpty()) {
      List<GoldenCase> own = resources(kind);
      assertThat(own).as("cases under the test resources golden/%s", kind).isNotEmpty();
      return own;
    }
    assertThat(Path.of(folder)).as("the system property golden.dir").isDirectory();
    Path cases = Path.of(folder, kind);
    List<GoldenCase> found = Files.isDirectory(cases) ? read(cases) : List.of();
    Assumptions.assumeFalse(found.isEmpty(), () -> folder + " has no " + kind);
    return found;
  }

  private static List<GoldenCase> resources(String kind) {
    URL url = GoldenCases.class.getResource("/golden/" + kind);
    if (url == null) {
      return List.of();
    }
    try {
      URI uri = url.toURI();
      if (!uri.getScheme().equals("jar")) {
        return read(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return read(jar.getPath("/golden/" + kind));
      }
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("cannot list " + url, e);
    }
  }

  private static List<GoldenCase> read(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<GoldenCase> cases = new ArrayList<>();
      for (Path file :
          files.filter(f -> f.getFileName().toString().endsWith(".json")).sorted().toList()) {
        JsonNode json = JSON.readTree(Files.readString(file));
        cases.add(new GoldenCase(file.getFileName().toString().replace(".json", ""), json));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
