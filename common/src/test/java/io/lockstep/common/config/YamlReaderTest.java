package io.lockstep.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class YamlReaderTest {
  @Test
  void plainScalarsMeanWhatTheCoreSchemaSays() {
    String yaml =
        """
        numbers: [1, -2, +3, 0x10, 4294967296, 1.5, 1e-3, .5, 6.02e+23, .inf, -.inf, 010]
        flags: [true, False]
        texts: [yes, no, on, 1.2.3, 1_000, "1e-3", 'true', 12:30, 2026-11-22, null-ish]
        nothing: [null, ~, ]
        """;
    Map<String, @Nullable Object> plain = read(yaml);
    assertThat(plain.get("numbers"))
        .isEqualTo(
            List.of(
                1,
                -2,
                3,
                16,
                4294967296L,
                1.5,
                1e-3,
                0.5,
                6.02e23,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                10));
    assertThat(plain.get("flags")).isEqualTo(List.of(true, false));
    assertThat(plain.get("texts"))
        .isEqualTo(
            List.of(
                "yes",
                "no",
                "on",
                "1.2.3",
                "1_000",
                "1e-3",
                "true",
                "12:30",
                "2026-11-22",
                "null-ish"));
    assertThat(plain.get("nothing")).isEqualTo(Arrays.asList(null, null));
  }

  @Test
  void everyValueKnowsItsLine() {
    ConfigNode top = YamlReader.read("a: 1\nb:\n  c:\n    - x\n    - {d: 2}\n", "f.yaml");
    assertThat(at(top, "a").place()).hasToString("f.yaml:1");
    assertThat(at(top, "b", "c", 0).place()).hasToString("f.yaml:4");
    assertThat(at(top, "b", "c", 1, "d").place()).hasToString("f.yaml:5");
  }

  private static ConfigNode at(ConfigNode node, Object... path) {
    ConfigNode found = node;
    for (Object step : path) {
      found =
          step instanceof Integer index
              ? ((ConfigNode.Sequence) found).values().get(index)
              : Objects.requireNonNull(((ConfigNode.Section) found).entries().get((String) step));
    }
    return found;
  }

  @Test
  void anAliasIsTheValueOfItsAnchor() {
    assertThat(read("a: &source {path: x, n: 1}\nb: *source\nc: &t \"1\"\nd: *t\n"))
        .containsEntry("b", Map.of("path", "x", "n", 1))
        .containsEntry("d", "1");
  }

  @Test
  void whatIsNoYamlIsRefusedInOneLineWithItsPlace() {
    assertRefused(
        "a: 1\nb: [1, 2\nc: 3\n",
        "this is not YAML: while parsing a flow sequence, expected ',' or ']', but got :"
            + " (f.yaml:3)");
    assertRefused(
        "a: 1\n\tb: 2\n",
        "this is not YAML: while scanning for the next token, found character '\\t(TAB)' that"
            + " cannot start any token. (Do not use \\t(TAB) for indentation) (f.yaml:2)");
    assertRefused(
        "a: 1\nb: 2\na: 3\n", "the key 'a' is written twice, first at f.yaml:1 (f.yaml:3)");
    assertRefused("", "the configuration is empty (f.yaml)");
    assertRefused("# nothing\n", "the configuration is empty (f.yaml)");
    assertRefused(
        "a: 1\n---\nb: 2\n", "one document is allowed, but a second one begins here (f.yaml:3)");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    long seed = Long.getLong("tests.seed", 7);
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      Map<String, @Nullable Object> section = section(random, 3);
      assertThat(read(YamlWriter.write(section)))
          .as("-Dtests.seed=%d, example %d: %s", seed, i, section)
          .isEqualTo(section);
    }
  }

  private static Map<String, @Nullable Object> section(Random random, int depth) {
    Map<String, @Nullable Object> section = new LinkedHashMap<>();
    int size = 1 + random.nextInt(4);
    for (int i = 0; i < size; i++) {
      section.put(text(random) + i, value(random, depth));
    }
    return section;
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextLong() | 1L << 40;
      case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
      case 3 -> random.nextBoolean();
      case 4 -> text(random);
      case 5 -> null;
      case 6 -> section(random, depth - 1);
      default ->
          Arrays.asList(value(random, depth - 1), value(random, 0), value(random, depth - 1));
    };
  }

  private static String text(Random random) {
    List<String> texts =
        List.of(
            "relu",
            "true",
            "1e5",
            "null",
            "",
            "a b",
            "x: y",
            "#",
            "- z",
            "quote\"back\\slash",
            "line\nfeed",
            "\t",
            "häßlich",
            "{",
            "[1]",
            "*a",
            "&a",
            "C:\\data",
            "/tmp/x.gz",
            "on",
            "s3a://bucket/x",
            "~",
            "\u0085\u2028",
            "!tag",
            "%",
            "@",
            "'",
            "-",
            "0x1F",
            ".5");
    return texts.get(random.nextInt(texts.size()));
  }

  @SuppressWarnings("unchecked") // the documents above are sections
  private static Map<String, @Nullable Object> read(String yaml) {
    return (Map<String, @Nullable Object>)
        Objects.requireNonNull(YamlReader.read(yaml, "f.yaml").plain());
  }

  private static void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> YamlReader.read(yaml, "f.yaml"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
  }
}
