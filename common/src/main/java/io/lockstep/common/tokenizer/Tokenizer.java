package io.lockstep.common.tokenizer;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Turns text into tokens, whole numbers from 0, and tokens into text. Immutable. */
public interface Tokenizer extends Serializable {
  /** How many tokens there are: 0 .. size - 1. */
  int size();

  /**
   * The tokens of a text. {@code decode(encode(text))} is the text.
   *
   * @throws UnknownCharacterException for a character that no token holds
   */
  int[] encode(String text);

  /**
   * The text of tokens. Where they end or begin within a character, as tokens of a model may, there
   * stands U+FFFD.
   *
   * @param tokens each in [0, size)
   */
  String decode(int[] tokens);

  /** As JSON, from which {@link Tokenizers#fromJson} makes an equal one. */
  String toJson();

  /** What distinguishes it from any other: the SHA-256 of {@link #toJson}, in hexadecimal. */
  default String fingerprint() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(toJson().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
