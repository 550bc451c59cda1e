package io.lockstep.deploy.bench;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.ChunkState;
import io.lockstep.common.optim.Clip;
import io.lockstep.common.optim.Optimizers;
import io.lockstep.common.optim.TensorSums;
import io.lockstep.common.optim.Totals;
import io.lockstep.common.optim.Update;
import io.lockstep.common.optim.UpdatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * {@code rule-*}: an update of 25 M parameters on one thread, chunk by chunk as a server does it,
 * as bytes that it must move a second, over a plain in-place pass over chunks of as many arrays.
 */
final class RuleRows {
  private static final int ROWS = 5000;
  private static final int COLUMNS = 5000;

  /**
   * @param name of the rule
   * @param bytes that an update moves a parameter: sgd reads two arrays and writes one (12), the
   *     others read four and write three (28); lamb's second pass reads its update and the
   *     parameters, writes these, and has read them once more for their norm (16)
   * @param streams arrays of the plain pass: 2 (12 bytes) or 4 (28 bytes)
   */
  private record Rule(String name, int bytes, int streams, String goal) {}

  private static final List<Rule> RULES =
      List.of(
          new Rule("sgd", 12, 2, ">= 0.9"),
          new Rule("adam", 28, 4, ">= 0.9"),
          new Rule("adamw", 28, 4, ">= 0.9"),
          new Rule("lamb", 44, 4, ">= 0.5"));

  private RuleRows() {}

  static List<Row> rows(Bench.Settings settings) {
    List<Row> rows = new ArrayList<>();
    for (Rule rule : RULES) {
      rows.add(
          new Row(
              "rule-" + rule.name(),
              "B/s",
              rule.goal(),
              () -> ours(rule, settings.roundSeconds()),
              () -> plainPass(rule.streams(), settings.roundSeconds())));
    }
    for (Rule rule : RULES.subList(0, 3)) {
      rows.add(
          new Row(
              "rule-" + rule.name() + "-pytorch",
              "B/s",
              "",
              () -> ours(rule, settings.roundSeconds()),
              () -> pytorch(rule, settings)));
    }
    return rows;
  }

  private static Layout layout() {
    return Layout.of(
        List.of(new TensorSpec("W", List.of(ROWS, COLUMNS), Role.WEIGHT)),
        Layout.DEFAULT_CHUNK_ELEMENTS);
  }

  private static Side ours(Rule rule, double seconds) {
    Layout layout = layout();
    UpdatePlan plan =
        UpdatePlan.create(
            layout,
            Clip.NONE,
            Optimizers.create(Options.of("optimizer", Map.of("type", rule.name()))));
    List<ChunkState> chunks = new ArrayList<>();
    for (Chunk chunk : layout.chunks()) {
      chunks.add(plan.newChunk(chunk, random(chunk, 1), random(chunk, 2)));
    }
    Totals totals = plan.newTotals();
    double[][] sums = new double[chunks.size()][];
    Runnable update =
        () -> {
          Update now = new Update(1, 1e-4);
          for (int round = 0; round < plan.rounds(); round++) {
            for (int c = 0; c < sums.length; c++) {
              ChunkState chunk = chunks.get(c);
              sums[c] = new double[plan.sums(round, chunk.tensor())];
              plan.round(round, chunk, now, totals, sums[c]);
            }
            totals.set(round, TensorSums.of(layout).reduce(sums));
          }
          for (ChunkState chunk : chunks) {
            plan.apply(chunk, now, totals);
          }
        };
    return Repeated.perSecond(
        "Lockstep",
        seconds,
        (double) rule.bytes() * layout.size(),
        Repeated.timed(update),
        () -> {});
  }

  private static Side plainPass(int streams, double seconds) {
    Layout layout = layout();
    List<float[][]> chunks = new ArrayList<>();
    for (Chunk chunk : layout.chunks()) {
      float[][] arrays = new float[streams][];
      for (int s = 0; s < streams; s++) {
        arrays[s] = random(chunk, s);
      }
      chunks.add(arrays);
    }
    Runnable pass =
        () -> {
          for (float[][] a : chunks) {
            if (streams == 2) {
              pass(a[0], a[1]);
            } else {
              pass(a[0], a[1], a[2], a[3]);
            }
          }
        };
    double bytes = streams == 2 ? 12 : 28;
    return Repeated.perSecond(
        "plain pass", seconds, bytes * layout.size(), Repeated.timed(pass), () -> {});
  }

  /** Reads 8 bytes an element, writes 4. */
  private static void pass(float[] p, float[] g) {
    for (int i = 0; i < p.length; i++) {
      p[i] = 0.5f * (p[i] + g[i]);
    }
  }

  /** Reads 16 bytes an element, writes 12. */
  private static void pass(float[] p, float[] g, float[] m, float[] v) {
    for (int i = 0; i < p.length; i++) {
      m[i] = 0.5f * (m[i] + g[i]);
      v[i] = 0.5f * (v[i] + g[i]);
      p[i] = 0.5f * (p[i] + m[i]);
    }
  }

  private static Side pytorch(Rule rule, Bench.Settings settings) throws Exception {
    Companion peer =
        Companion.python(
            settings.peers(), "rule.py", rule.name(), Integer.toString(ROWS * COLUMNS));
    return Repeated.perSecond(
        peer.name() + " fused",
        settings.roundSeconds(),
        (double) rule.bytes() * ROWS * COLUMNS,
        peer::seconds,
        peer);
  }

  /** Values in (0, 1): no pass makes them infinite or denormal. */
  private static float[] random(Chunk chunk, long seed) {
    Random random = new Random(seed * 1_000_003 + chunk.index());
    float[] values = new float[chunk.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.1f + 0.8f * random.nextFloat();
    }
    return values;
  }
}
