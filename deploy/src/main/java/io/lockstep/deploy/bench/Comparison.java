package io.lockstep.deploy.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** Measures a row: warm-up of both sides, then ours, peer, ours, peer, and so on. */
final class Comparison {
  private final int rounds;
  private final PrintStream progress;

  Comparison(int rounds, PrintStream progress) {
    this.rounds = rounds;
    this.progress = progress;
  }

  Measurement measure(Row row) throws Exception {
    progress.printf("%s ...%n", row.name());
    try (Side ours = row.ours().open()) {
      ours.measure();
      if (row.peer() == null) {
        return alone(row, ours);
      }
      try (Side peer = row.peer().open()) {
        peer.measure();
        return pair(row, ours, peer);
      } catch (PeerMissingException missing) {
        progress.printf("  no peer: %s%n", missing.getMessage());
        return alone(row, ours);
      }
    }
  }

  private Measurement pair(Row row, Side ours, Side peer) throws Exception {
    int rounds = Math.min(this.rounds, row.mostRounds());
    double[] values = new double[rounds];
    double[] peers = new double[rounds];
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      values[round] = ours.measure();
      peers[round] = peer.measure();
      ratios[round] = values[round] / peers[round];
    }
    double ratio = median(ratios); // sorts them
    return new Measurement(
        row.name(),
        median(values),
        row.unit(),
        peer.name(),
        median(peers),
        ratio,
        List.of(ratios[0], ratios[rounds - 1]),
        row.goal());
  }

  private Measurement alone(Row row, Side ours) throws Exception {
    double[] values = new double[Math.min(rounds, row.mostRounds())];
    for (int round = 0; round < values.length; round++) {
      values[round] = ours.measure();
    }
    return new Measurement(
        row.name(), median(values), row.unit(), null, null, null, null, row.goal());
  }

  /** The middle value, of an even number the mean of the two in the middle; sorts them. */
  static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
