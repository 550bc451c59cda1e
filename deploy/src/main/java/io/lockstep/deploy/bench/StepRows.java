package io.lockstep.deploy.bench;

import io.lockstep.deploy.bench.link.StepWorkload;
import java.io.IOException;
import java.util.List;

/**
 * {@code step-25m}: a synchronous step of 25 M parameters with AdamW, two workers in processes of
 * their own and a server beside each, synthetic gradients; over gloo's all-reduce and a fused AdamW
 * in two processes.
 */
final class StepRows {
  private static final int ELEMENTS = 25_000_000;

  private StepRows() {}

  static List<Row> rows(Bench.Settings settings) {
    return List.of(
        row("step-25m", "unix", "<= 0.75", settings), row("step-25m-tcp", "tcp", "", settings));
  }

  private static Row row(String name, String way, String goal, Bench.Settings settings) {
    return new Row(name, "s", goal, () -> ours(way, settings), () -> gloo(settings));
  }

  private static Side ours(String way, Bench.Settings settings) throws IOException {
    Companion pair = Companion.java(StepWorkload.class, Integer.toString(ELEMENTS), way);
    pair.readName();
    return Repeated.secondsEach(pair.name(), settings.roundSeconds(), pair::seconds, pair);
  }

  private static Side gloo(Bench.Settings settings) throws Exception {
    Companion peer = Companion.python(settings.peers(), "step.py", Integer.toString(ELEMENTS));
    return Repeated.secondsEach(
        peer.name() + " gloo", settings.roundSeconds(), peer::seconds, peer);
  }
}
