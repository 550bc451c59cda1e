package io.lockstep.common.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.Registry;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A token a character (a Unicode code point): token k is the k-th smallest of the texts. */
final class CharacterTokenizer implements Tokenizer {
  private static final long serialVersionUID = 1L;
  static final String NAME = "character";

  static final Registry.Entry<TokenizerTraining> ENTRY =
      new Registry.Entry<>(
          NAME,
          "A token a character of the training data, in the order of their code points.",
          List.of(),
          options -> new Training());

  private final int[] characters;

  /**
   * @param characters code points in ascending order; not copied
   */
  private CharacterTokenizer(int[] characters) {
    this.characters = characters;
  }

  private static final class Training implements TokenizerTraining {
    private final TreeSet<Integer> seen = new TreeSet<>();

    @Override
    public void learn(String text) {
      text.codePoints().distinct().forEach(seen::add);
    }

    @Override
    public Tokenizer finish() {
      return new CharacterTokenizer(seen.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  @Override
  public int size() {
    return characters.length;
  }

  @Override
  public int[] encode(String text) {
    int[] tokens = new int[text.codePointCount(0, text.length())];
    int at = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int token = Arrays.binarySearch(characters, text.codePointAt(i));
      if (token < 0) {
        throw new UnknownCharacterException(text, i);
      }
      tokens[at++] = token;
    }
    return tokens;
  }

  @Override
  public String decode(int[] tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.appendCodePoint(characters[token]);
    }
    return text.toString();
  }

  @Override
  public String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode().put(Registry.TYPE.name(), NAME);
    json.put("characters", new String(characters, 0, characters.length));
    return json.toPrettyString() + "\n";
  }

  static Tokenizer fromJson(JsonNode json) {
    return new CharacterTokenizer(json.required("characters").asText().codePoints().toArray());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CharacterTokenizer that && Arrays.equals(characters, that.characters);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(characters);
  }
}
