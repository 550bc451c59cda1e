package io.lockstep.deploy.bench;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * {@code step-25m}: a synchronous step of 25 M parameters with AdamW, two workers in processes of
 * their own and a server beside each, synthetic gradients; over gloo's all-reduce and a fused AdamW
 * in two processes.
 */
final class StepRows {
  private static final int SIDE = 5000;

  private StepRows() {}

  static List<Row> rows(Bench.Settings settings) {
    return List.of(
        row("step-25m", "unix", "<= 0.75", settings), row("step-25m-tcp", "tcp", "", settings));
  }

  private static Row row(String name, String way, String goal, Bench.Settings settings) {
    return new Row(name, "s", goal, () -> ours(way, settings), () -> gloo(settings));
  }

  private static Side ours(String way, Bench.Settings settings) throws IOException {
    Pair pair = Pair.start(way);
    return Repeated.secondsEach("Lockstep", settings.roundSeconds(), pair::seconds, pair);
  }

  private static Side gloo(Bench.Settings settings) throws Exception {
    Companion peer = Companion.python(settings.peers(), "step.py", Integer.toString(SIDE * SIDE));
    return Repeated.secondsEach(
        peer.name() + " gloo", settings.roundSeconds(), peer::seconds, peer);
  }

  /** The two processes, each told where both servers are. */
  private record Pair(Companion first, Companion second) implements Closeable {
    static Pair start(String way) throws IOException {
      String side = Integer.toString(SIDE);
      Pair pair =
          new Pair(
              Companion.java(StepProcess.class, "0", side, way),
              Companion.java(StepProcess.class, "1", side, way));
      String servers = pair.first.answer() + "\t" + pair.second.answer();
      pair.first.tell(servers);
      pair.second.tell(servers);
      pair.first.answer();
      pair.second.answer();
      return pair;
    }

    double seconds(int steps) throws IOException {
      first.tell("run " + steps);
      second.tell("run " + steps);
      return Math.max(seconds(first.answer()), seconds(second.answer()));
    }

    private static double seconds(String answer) {
      return Double.parseDouble(answer.substring("seconds ".length()));
    }

    @Override
    public void close() {
      first.close();
      second.close();
    }
  }
}
