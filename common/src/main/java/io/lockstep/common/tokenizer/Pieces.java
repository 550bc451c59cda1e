package io.lockstep.common.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts a text's UTF-8 into pieces, over whose bounds no pair of tokens is merged, in the manner of
 * GPT-2 (Radford et al. 2019): a run of letters, of digits or of anything else that is no white
 * space, with one blank before it where there is one; and what is left of a run of white space.
 * Bytes from 128 count as letters: no table of Unicode decides, which another Java could have
 * otherwise. A piece longer than {@link #MOST} bytes is cut there.
 *
 * <p>Bytes are held as the characters 0 .. 255 of a String, which hashes and compares them.
 */
final class Pieces {
  /** Bytes of the longest piece. */
  static final int MOST = 256;

  private enum Kind {
    SPACE,
    LETTER,
    DIGIT,
    OTHER;

    static Kind of(char b) {
      if (b == ' ' || (b >= '\t' && b <= '\r')) {
        return SPACE;
      }
      if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b >= 128) {
        return LETTER;
      }
      return b >= '0' && b <= '9' ? DIGIT : OTHER;
    }
  }

  private Pieces() {}

  /** The text's UTF-8, a byte a character. */
  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Gives the pieces in order; together they are the text. */
  static void cut(String text, Consumer<String> pieces) {
    String bytes = bytes(text);
    int from = 0;
    while (from < bytes.length()) {
      int to = end(bytes, from);
      pieces.accept(bytes.substring(from, to));
      from = to;
    }
  }

  private static int end(String bytes, int from) {
    int limit = Math.min(bytes.length(), from + MOST);
    boolean leads =
        bytes.charAt(from) == ' '
            && from + 1 < limit
            && Kind.of(bytes.charAt(from + 1)) != Kind.SPACE;
    Kind kind = Kind.of(bytes.charAt(leads ? from + 1 : from));
    int to = from + 1;
    while (to < limit && Kind.of(bytes.charAt(to)) == kind) {
      to++;
    }
    boolean blankLeadsNext =
        kind == Kind.SPACE
            && to - from > 1
            && to < bytes.length()
            && bytes.charAt(to - 1) == ' '
            && Kind.of(bytes.charAt(to)) != Kind.SPACE;
    return blankLeadsNext ? to - 1 : to;
  }
}
