package io.lockstep.deploy.bench;

import io.lockstep.common.layout.Layout;
import io.lockstep.deploy.bench.rules.PlainPass;
import io.lockstep.deploy.bench.rules.RuleUpdate;
import io.lockstep.deploy.bench.rules.RuleWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code rule-*}: an update of 25 M parameters on one thread, chunk by chunk as a server does it,
 * as bytes that it must move a second, over a plain in-place pass over chunks of as many arrays.
 * {@code deploy/bench rules} has all rules, sizes and threads.
 */
final class RuleRows {
  private static final long PARAMETERS = 25_000_000;

  private static final Map<String, String> GOALS =
      Map.of("sgd", ">= 0.9", "adam", ">= 0.9", "adamw", ">= 0.9", "lamb", ">= 0.5");

  private RuleRows() {}

  static List<Row> rows(Bench.Settings settings) {
    List<Row> rows = new ArrayList<>();
    for (String name : List.of("sgd", "adam", "adamw", "lamb")) {
      RuleWork work = RuleWork.named(name);
      rows.add(
          new Row(
              "rule-" + name,
              "B/s",
              GOALS.getOrDefault(name, ""),
              () -> ours(work, settings.roundSeconds()),
              () -> plainPass(work, settings.roundSeconds())));
    }
    for (String name : List.of("sgd", "adam", "adamw")) {
      RuleWork work = RuleWork.named(name);
      rows.add(
          new Row(
              "rule-" + name + "-pytorch",
              "B/s",
              "",
              () -> ours(work, settings.roundSeconds()),
              () -> pytorch(work, settings)));
    }
    return rows;
  }

  private static Side ours(RuleWork work, double seconds) {
    Layout layout = RuleUpdate.layout(work, PARAMETERS);
    return Repeated.perSecond(
        "Lockstep",
        seconds,
        (double) work.bytes() * layout.size(),
        Repeated.timed(new RuleUpdate(layout, work.options())),
        () -> {});
  }

  private static Side plainPass(RuleWork work, double seconds) {
    Layout layout = RuleUpdate.layout(work, PARAMETERS);
    int written = work.stateArrays() + 1;
    return Repeated.perSecond(
        "plain pass",
        seconds,
        (double) PlainPass.bytes(written) * layout.size(),
        Repeated.timed(new PlainPass(layout, written)),
        () -> {});
  }

  private static Side pytorch(RuleWork work, Bench.Settings settings) throws Exception {
    long size = RuleUpdate.layout(work, PARAMETERS).size();
    Companion peer =
        Companion.python(settings.peers(), "rule.py", work.name(), Long.toString(size), "1");
    return Repeated.perSecond(
        peer.name(), settings.roundSeconds(), (double) work.bytes() * size, peer::seconds, peer);
  }
}
