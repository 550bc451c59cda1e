package io.lockstep.common.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens 0 .. 255 are bytes of UTF-8; token 256 + k joins the two tokens of merge k. So every text
 * has tokens, whatever the training data. Within a {@link Pieces piece} the earliest merge that any
 * two neighbours have is done, wherever they have it, until none is left.
 */
final class BytePairTokenizer implements Tokenizer {
  private static final long serialVersionUID = 1L;
  static final String NAME = "byte-pair";
  static final int BYTES = 256;

  /** Pieces whose tokens are remembered while one text is encoded. */
  private static final int REMEMBERED = 1 << 16;

  static final Key<Integer> VOCABULARY =
      Key.integer(
          "vocabulary",
          512,
          Range.closed(BYTES, 1 << 20),
          "most tokens, 256 of which are the bytes; fewer where no pair occurs twice");

  static final Registry.Entry<TokenizerTraining> ENTRY =
      new Registry.Entry<>(
          NAME,
          "Bytes, and the most frequent pairs of the training data merged again and again (Sennrich"
              + " et al. 2016; bytes as in Radford et al. 2019).",
          List.of(VOCABULARY),
          options -> new BytePairTraining(options.get(VOCABULARY)));

  private final int[][] merges;
  private final HashMap<Long, Integer> numbers = new HashMap<>();

  /**
   * @param merges the two tokens of each merge, in order; not copied
   */
  BytePairTokenizer(int[][] merges) {
    this.merges = merges;
    for (int k = 0; k < merges.length; k++) {
      numbers.put((long) merges[k][0] << 32 | merges[k][1], k);
    }
  }

  @Override
  public int size() {
    return BYTES + merges.length;
  }

  @Override
  public int[] encode(String text) {
    Map<String, int[]> known = new HashMap<>();
    Tokens tokens = new Tokens(text.length());
    Pieces.cut(
        text,
        piece -> {
          int[] encoded = known.get(piece);
          if (encoded == null) {
            encoded = encodePiece(piece.chars().toArray());
            if (known.size() < REMEMBERED) {
              known.put(piece, encoded);
            }
          }
          tokens.add(encoded);
        });
    return tokens.toArray();
  }

  private int[] encodePiece(int[] bytes) {
    int[] tokens = bytes;
    while (true) {
      int first = merges.length;
      for (int i = 0; i + 1 < tokens.length; i++) {
        first = Math.min(first, numbers.getOrDefault(key(tokens, i), first));
      }
      if (first == merges.length) {
        return tokens;
      }
      tokens = merged(tokens, merges[first], BYTES + first);
    }
  }

  private static long key(int[] tokens, int i) {
    return (long) tokens[i] << 32 | tokens[i + 1];
  }

  /** The tokens with every occurrence of a pair, from the left, replaced by one token. */
  static int[] merged(int[] tokens, int[] pair, int token) {
    int[] after = new int[tokens.length];
    int length = 0;
    int i = 0;
    while (i < tokens.length) {
      boolean found = i + 1 < tokens.length && tokens[i] == pair[0] && tokens[i + 1] == pair[1];
      after[length++] = found ? token : tokens[i];
      i += found ? 2 : 1;
    }
    return length == tokens.length ? tokens : Arrays.copyOf(after, length);
  }

  /** Tokens one after another. */
  private static final class Tokens {
    private int[] tokens;
    private int length;

    Tokens(int capacity) {
      tokens = new int[Math.max(16, capacity)];
    }

    void add(int[] more) {
      if (length + more.length > tokens.length) {
        tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, length + more.length));
      }
      System.arraycopy(more, 0, tokens, length, more.length);
      length += more.length;
    }

    int[] toArray() {
      return Arrays.copyOf(tokens, length);
    }
  }

  @Override
  public String decode(int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int token : tokens) {
      write(token, bytes);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void write(int token, ByteArrayOutputStream bytes) {
    if (token < BYTES) {
      bytes.write(token);
      return;
    }
    write(merges[token - BYTES][0], bytes);
    write(merges[token - BYTES][1], bytes);
  }

  @Override
  public String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode().put(Registry.TYPE.name(), NAME);
    ArrayNode written = json.putArray("merges");
    for (int[] merge : merges) {
      written.addArray().add(merge[0]).add(merge[1]);
    }
    return json + "\n";
  }

  static Tokenizer fromJson(JsonNode json) {
    JsonNode written = json.required("merges");
    int[][] merges = new int[written.size()][];
    for (int k = 0; k < merges.length; k++) {
      int left = written.get(k).required(0).asInt(-1);
      int right = written.get(k).required(1).asInt(-1);
      if (Math.min(left, right) < 0 || Math.max(left, right) >= BYTES + k) {
        throw new IllegalArgumentException(
            "merge " + k + " must join tokens before it, got " + left + " and " + right);
      }
      merges[k] = new int[] {left, right};
    }
    return new BytePairTokenizer(merges);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BytePairTokenizer that && Arrays.deepEquals(merges, that.merges);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(merges);
  }
}
