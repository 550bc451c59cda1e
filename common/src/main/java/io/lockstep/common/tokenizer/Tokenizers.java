package io.lockstep.common.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.Registry;
import java.util.List;

/** All ways to make tokens of text. */
public final class Tokenizers {
  /** A tokenizer a line, by how it is trained. */
  public static final Registry<TokenizerTraining> REGISTRY =
      Registry.of("tokenizer", List.of(CharacterTokenizer.ENTRY, BytePairTokenizer.ENTRY));

  private Tokenizers() {}

  /**
   * Reads {@link Tokenizer#toJson} back.
   *
   * @throws IllegalArgumentException where it is not such a text
   */
  public static Tokenizer fromJson(String json) {
    try {
      JsonNode read = new ObjectMapper().readTree(json);
      String type = read.required(Registry.TYPE.name()).asText();
      return switch (type) {
        case CharacterTokenizer.NAME -> CharacterTokenizer.fromJson(read);
        case BytePairTokenizer.NAME -> BytePairTokenizer.fromJson(read);
        default -> throw new IllegalArgumentException("unknown tokenizer '" + type + "'");
      };
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
