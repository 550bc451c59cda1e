package io.lockstep.common.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Learns which pairs of tokens to merge (Sennrich, Haddow, Birch 2016, "Neural machine translation
 * of rare words with subword units", algorithm 1), starting from bytes: again and again the pair of
 * neighbours that is most frequent within pieces becomes a token; among equals the one whose left
 * token is smallest, then whose right token is. It ends early where no pair occurs twice.
 *
 * <p>A merge visits only the pieces that hold its pair, and changes the counts of their pairs; a
 * queue holds every count that a pair ever had, and those that no longer hold are dropped when they
 * come up. Each different piece is kept once, with the number of times it occurs.
 */
final class BytePairTraining implements TokenizerTraining {
  private final int vocabulary;
  private final Map<String, long[]> pieces = new HashMap<>();

  BytePairTraining(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** A pair of neighbours: how often it occurs, and the pieces that may hold it. */
  private static final class Pair {
    private long count;
    private int[] pieces = new int[2];
    private int size;

    void foundIn(int piece) {
      if (size > 0 && pieces[size - 1] == piece) {
        return;
      }
      if (size == pieces.length) {
        pieces = Arrays.copyOf(pieces, 2 * size);
      }
      pieces[size++] = piece;
    }
  }

  /** What a pair's count was when this was queued; the best first. */
  private record Candidate(long count, long pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return count != other.count
          ? Long.compare(other.count, count)
          : Long.compare(pair, other.pair);
    }
  }

  @Override
  public void learn(String text) {
    Pieces.cut(text, piece -> pieces.computeIfAbsent(piece, p -> new long[1])[0]++);
  }

  @Override
  public Tokenizer finish() {
    return new Merging(pieces).merge(vocabulary);
  }

  private static final class Merging {
    private final List<int[]> tokens = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

    Merging(Map<String, long[]> pieces) {
      pieces.forEach(
          (piece, count) -> {
            tokens.add(piece.chars().toArray());
            counts.add(count[0]);
          });
      for (int p = 0; p < tokens.size(); p++) {
        count(p, counts.get(p));
      }
      pairs.forEach((key, pair) -> queue.add(new Candidate(pair.count, key)));
    }

    Tokenizer merge(int vocabulary) {
      List<int[]> merges = new ArrayList<>();
      while (BytePairTokenizer.BYTES + merges.size() < vocabulary) {
        Candidate best = queue.poll();
        if (best == null || best.count < 2) {
          break;
        }
        Pair pair = pairs.get(best.pair);
        if (pair != null && pair.count == best.count) {
          int[] merge = {(int) (best.pair >>> 32), (int) best.pair};
          merges.add(merge);
          merge(pair, merge, BytePairTokenizer.BYTES + merges.size() - 1);
        }
      }
      return new BytePairTokenizer(merges.toArray(int[][]::new));
    }

    private void merge(Pair pair, int[] merge, int token) {
      for (int i = 0; i < pair.size; i++) {
        int p = pair.pieces[i];
        int[] before = tokens.get(p);
        int[] after = BytePairTokenizer.merged(before, merge, token);
        if (after.length < before.length) {
          count(p, -counts.get(p));
          tokens.set(p, after);
          count(p, counts.get(p));
          queue(before);
          queue(after);
        }
      }
    }

    /** Adds to the count of each pair of a piece. */
    private void count(int piece, long times) {
      int[] row = tokens.get(piece);
      for (int i = 0; i + 1 < row.length; i++) {
        Pair pair = pairs.computeIfAbsent(key(row, i), key -> new Pair());
        pair.count += times;
        if (times > 0) {
          pair.foundIn(piece);
        }
      }
    }

    private void queue(int[] row) {
      for (int i = 0; i + 1 < row.length; i++) {
        Pair pair = pairs.get(key(row, i));
        if (pair != null && pair.count > 1) {
          queue.add(new Candidate(pair.count, key(row, i)));
        }
      }
    }

    private static long key(int[] row, int i) {
      return (long) row[i] << 32 | row[i + 1];
    }
  }
}
