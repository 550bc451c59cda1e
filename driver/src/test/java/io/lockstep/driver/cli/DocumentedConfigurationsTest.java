package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.worker.engine.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every piece of a configuration in the README can be read, and its model be made: it takes the
 * place of the same section of an example. A section that stands there twice is shown in two ways.
 */
class DocumentedConfigurationsTest {
  private static final Path README = Path.of("../README.md");
  private static final Path WEIGHTS =
      Path.of("../deploy/examples/data/mnist/lenet-convolutions.safetensors");
  private static final Path EXAMPLE = Path.of("../deploy/examples/wine.yaml");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\n(.*?)^```");
  private static final Pattern SECTIONS = Pattern.compile("(?m)^(?=\\w)");
  private static final Pattern DATA = Pattern.compile("(?m)^(?=  \\w)");

  /** What makes an image, and stands before layers that are shown alone. */
  private static final String BEFORE =
      """
      model:
        input: [1, 28, 28]
        layers:
          - {type: flatten}
          - {type: dense, units: 784}
      """;

  /** What the reader has to say besides, by what is shown. */
  private static final Map<String, List<String>> BESIDES =
      Map.of(
          "an autoencoder that also",
          List.of("data.labels.classes=10"),
          "what follows LeNet",
          List.of("data.labels.classes=26"),
          "what the layers before make",
          List.of(),
          "format: libsvm",
          List.of(),
          "tensors: [\"embedding",
          List.of(
              "model.layers=[{type: dense, name: embedding, units: 4}, {type: dense, name: layer1,"
                  + " units: 4}, {type: dense, name: layer2, units: 4}, {type: dense, name: output,"
                  + " units: 3}]"),
          "type: swa",
          List.of(),
          "gradients: bfloat16",
          List.of());

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Path weights = folder.resolve("runs/lenet/model.safetensors");
    Files.createDirectories(weights.getParent());
    Files.copy(WEIGHTS, weights);
  }

  static List<String> blocks() throws IOException {
    return BLOCK.matcher(Files.readString(README)).results().map(block -> block.group(1)).toList();
  }

  @Test
  void whatIsSaidBesidesIsSaidOfEachOfThem() throws IOException {
    assertThat(blocks()).hasSize(BESIDES.size());
    for (String part : BESIDES.keySet()) {
      assertThat(blocks()).filteredOn(block -> block.contains(part)).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void itCanBeRead(String block) throws IOException {
    List<String> besides =
        BESIDES.entrySet().stream()
            .filter(entry -> block.contains(entry.getKey()))
            .flatMap(entry -> entry.getValue().stream())
            .toList();
    for (List<String> way : ways(block)) {
      Map<String, String> sections = new LinkedHashMap<>();
      sections(Files.readString(EXAMPLE)).forEach(section -> sections.put(key(section), section));
      way.forEach(section -> sections.put(key(section), section));
      Path file = Files.writeString(folder.resolve("run.yaml"), String.join("", sections.values()));
      RunConfiguration run = ConfigurationFile.load(file.toString(), besides);
      assertThat(Network.of(run).size()).isPositive();
    }
  }

  /** The block's sections, in as many ways as the most often shown one has. */
  private static List<List<String>> ways(String block) {
    String whole = block.startsWith(" ") ? BEFORE + block : block;
    List<List<String>> ways = new ArrayList<>();
    if (whole.startsWith("data:")) {
      for (String line : DATA.split(whole, -1)) {
        if (line.startsWith("  train:")) {
          ways.add(
              List.of(
                  "data:\n" + line + "  validation: {fraction: 0.2}\n  labels: {classes: 3}\n"));
        }
      }
      return ways;
    }
    for (String section : sections(whole)) {
      boolean again = ways.isEmpty() || ways.get(ways.size() - 1).stream().anyMatch(has(section));
      if (again) {
        ways.add(new ArrayList<>());
      }
      ways.get(ways.size() - 1).add(section);
    }
    return ways;
  }

  private static Predicate<String> has(String section) {
    return other -> key(other).equals(key(section));
  }

  private static List<String> sections(String text) {
    return Stream.of(SECTIONS.split(text, -1)).filter(part -> part.matches("(?s)\\w+:.*")).toList();
  }

  private static String key(String section) {
    return section.substring(0, section.indexOf(':'));
  }
}
