package io.lockstep.common.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.TestSeed;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizersTest {
  private static final List<String> ALPHABET =
      List.of(
          "a", "b", "ab", "th", "e", " ", "  ", "\n", "\r\n", "\t", "7", "42", "!", "…", "é", "漢",
          "😀");

  static List<String> names() {
    return Tokenizers.REGISTRY.entries().stream().map(Registry.Entry::name).toList();
  }

  private static TokenizerTraining training(String name) {
    return Tokenizers.REGISTRY.create(Options.of("tokenizer", Map.of("type", name)));
  }

  private static BytePairTraining bytePairs(int vocabulary) {
    return new BytePairTraining(vocabulary);
  }

  private static Tokenizer trained(TokenizerTraining training, String... texts) {
    for (String text : texts) {
      training.learn(text);
    }
    return training.finish();
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("names")
  void textComesBackFromItsTokens(String name) {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int i = 0; i < 50; i++) {
      String learned = text(random, random.nextInt(400)) + String.join("", ALPHABET);
      Tokenizer tokenizer = trained(training(name), learned);
      String text = text(random, random.nextInt(100));
      int[] tokens = tokenizer.encode(text);
      assertThat(IntStream.of(tokens))
          .as(seed.toString())
          .allMatch(t -> t >= 0 && t < tokenizer.size());
      assertThat(tokenizer.decode(tokens)).as(seed.toString()).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void jsonGivesAnEqualTokenizerWithTheSameFingerprint(String name) {
    Tokenizer tokenizer = trained(training(name), "the cat sat on the mat, \"é\"\n\t\u0001😀");
    Tokenizer read = Tokenizers.fromJson(tokenizer.toJson());
    assertThat(read).isEqualTo(tokenizer).hasSameHashCodeAs(tokenizer);
    assertThat(read.fingerprint()).isEqualTo(tokenizer.fingerprint()).hasSize(64);
    assertThat(trained(training(name), "another text, another text").fingerprint())
        .isNotEqualTo(tokenizer.fingerprint());
  }

  @ParameterizedTest
  @MethodSource("names")
  void theOrderOfTheTextsMeansNothing(String name) {
    assertThat(trained(training(name), "to be or not", "to be that is", "the question"))
        .isEqualTo(trained(training(name), "the question", "to be that is", "to be or not"));
  }

  @Test
  void charactersAreNumberedByTheirCodePoints() {
    Tokenizer tokenizer = trained(training("character"), "b😀a", "\nb");
    assertThat(tokenizer.size()).isEqualTo(4);
    assertThat(tokenizer.encode("\nab😀")).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aCharacterThatWasNotSeenIsNamedWithItsIndex() {
    Tokenizer tokenizer = trained(training("character"), "ab");
    assertThatThrownBy(() -> tokenizer.encode("abaé"))
        .isInstanceOfSatisfying(
            UnknownCharacterException.class, e -> assertThat(e.index()).isEqualTo(3))
        .hasMessage(
            "the character 'é' (U+00E9) is not in the training text; leave it out, or train with"
                + " tokenizer: {type: byte-pair}, which knows every character");
  }

  @Test
  void theMostFrequentPairIsMergedFirstAndTheSmallestOfEquals() {
    // low x 5, lower x 2: "lo" and "ow" occur 7 times each; 'l' is the smaller left token.
    Tokenizer tokenizer = trained(bytePairs(258), "low\nlow\nlow\nlow\nlow\nlower\nlower");
    assertThat(tokenizer.encode("low")).containsExactly(257);
    assertThat(tokenizer.encode("lo")).containsExactly(256);
    assertThat(tokenizer.encode("wol")).containsExactly('w', 'o', 'l');
  }

  @Test
  void noPairIsMergedThatOccursOnce() {
    assertThat(trained(bytePairs(1000), "abcd").size()).isEqualTo(256);
    assertThat(trained(bytePairs(1000), "").size()).isEqualTo(256);
    assertThat(trained(bytePairs(1000), "abcd\nabcd").size()).isEqualTo(259);
  }

  @Test
  void piecesAreWordsWithTheBlankBeforeThemNumbersSignsAndWhiteSpace() {
    List<String> pieces = new ArrayList<>();
    Pieces.cut("In  the 7th\n\n  year, é!?\tend ", pieces::add);
    assertThat(pieces)
        .containsExactly(
            "In", " ", " the", " 7", "th", "\n\n ", " year", ",", " Ã©", "!?", "\t", "end", " ");
    pieces.clear();
    Pieces.cut(" " + "x".repeat(2 * Pieces.MOST), pieces::add);
    assertThat(pieces).extracting(String::length).containsExactly(Pieces.MOST, Pieces.MOST, 1);
  }

  @Test
  void incrementalTrainingGivesTheMergesOfAFreshCountForEach() {
    TestSeed seed = TestSeed.draw();
    Random random = seed.random();
    for (int i = 0; i < 60; i++) {
      String text = text(random, random.nextInt(300));
      int vocabulary = 256 + random.nextInt(60);
      assertThat(trained(bytePairs(vocabulary), text).toJson())
          .as(seed.toString())
          .isEqualTo(recounted(text, vocabulary).toJson());
    }
  }

  /** The algorithm as it is written: all pairs are counted anew for each merge. */
  private static Tokenizer recounted(String text, int vocabulary) {
    List<int[]> pieces = new ArrayList<>();
    Pieces.cut(text, piece -> pieces.add(piece.chars().toArray()));
    List<int[]> merges = new ArrayList<>();
    while (256 + merges.size() < vocabulary) {
      Map<Long, Long> counts = new TreeMap<>();
      for (int[] piece : pieces) {
        for (int i = 0; i + 1 < piece.length; i++) {
          counts.merge((long) piece[i] << 32 | piece[i + 1], 1L, Long::sum);
        }
      }
      long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
      if (most < 2) {
        break;
      }
      long best =
          counts.entrySet().stream()
              .filter(entry -> entry.getValue() == most)
              .findFirst()
              .orElseThrow()
              .getKey();
      int[] merge = {(int) (best >>> 32), (int) best};
      int token = 256 + merges.size();
      merges.add(merge);
      pieces.replaceAll(piece -> BytePairTokenizer.merged(piece, merge, token));
    }
    return new BytePairTokenizer(merges.toArray(int[][]::new));
  }

  @Test
  void aDamagedFileIsRefused() {
    assertThatThrownBy(() -> Tokenizers.fromJson("{\"type\":\"byte-pair\",\"merges\":[[256,1]]}"))
        .hasMessage("merge 0 must join tokens before it, got 256 and 1");
    assertThatThrownBy(() -> Tokenizers.fromJson("{\"type\":\"word\"}"))
        .hasMessage("unknown tokenizer 'word'");
  }
}
