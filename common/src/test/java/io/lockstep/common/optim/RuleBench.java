package io.lockstep.common.optim;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Bytes a second of the update rules, driven through their plan on one thread, over an in-place
 * pass over memory with as many streams in the same chunks. Rule and pass take turns, so that both
 * see the same machine; the figure is the fastest turn's, the spread that of the middle half of the
 * turns' ratios.
 *
 * <pre>
 * java -Xmx3g -cp common/target/classes:common/target/test-classes:... \
 *     io.lockstep.common.optim.RuleBench [parameters] [turns]
 * </pre>
 */
public final class RuleBench {
  private static final int DEFAULT_PARAMETERS = 10_000_000;
  private static final int DEFAULT_TURNS = 40;
  private static final int WARM_UP_TURNS = 10;

  /**
   * What is measured.
   *
   * @param options the rule's section
   * @param bytes that a parameter moves through memory: 4 for every float read or written
   * @param written arrays that the pass reads and writes, beside the one that it only reads
   */
  record Work(Map<String, Object> options, int bytes, int written) {}

  /** The rules of the table. */
  static final List<Work> WORKS =
      List.of(
          new Work(Map.of("type", "sgd"), 12, 1),
          new Work(Map.of("type", "sgd", "momentum", 0.9), 20, 2),
          new Work(Map.of("type", "adam"), 28, 3),
          new Work(Map.of("type", "adamw"), 28, 3),
          new Work(Map.of("type", "adamw", "amsgrad", true), 36, 4),
          new Work(Map.of("type", "lamb"), 44, 3));

  /**
   * One row.
   *
   * @param name of the rule
   * @param nanosPerParameter of its fastest turn
   * @param bytesPerSecond of its fastest turn
   * @param passBytesPerSecond of the pass's fastest turn
   * @param lowQuartile of the turns' ratios
   * @param highQuartile of the turns' ratios
   */
  public record Row(
      String name,
      double nanosPerParameter,
      double bytesPerSecond,
      double passBytesPerSecond,
      double lowQuartile,
      double highQuartile) {
    /** The rule's bytes a second over the pass's. */
    public double ratio() {
      return bytesPerSecond / passBytesPerSecond;
    }
  }

  private RuleBench() {}

  /** Prints the table. */
  public static void main(String[] arguments) {
    int parameters = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_PARAMETERS;
    int turns = arguments.length > 1 ? Integer.parseInt(arguments[1]) : DEFAULT_TURNS;
    System.out.printf(
        Locale.ROOT,
        "%-44s %9s %8s %8s %6s  %s%n",
        "rule",
        "ns/param",
        "GB/s",
        "pass",
        "ratio",
        "middle half");
    for (Work work : WORKS) {
      Row row = measure(work, parameters, turns);
      System.out.printf(
          Locale.ROOT,
          "%-44s %9.2f %8.1f %8.1f %6.2f  %.2f to %.2f%n",
          row.name(),
          row.nanosPerParameter(),
          row.bytesPerSecond() / 1e9,
          row.passBytesPerSecond() / 1e9,
          row.ratio(),
          row.lowQuartile(),
          row.highQuartile());
    }
  }

  static Row measure(Work work, int parameters, int turns) {
    TensorSpec tensor = new TensorSpec("hidden.W", List.of(parameters / 1024, 1024), Role.WEIGHT);
    Layout layout = Layout.of(List.of(tensor), Layout.DEFAULT_CHUNK_ELEMENTS);
    UpdateRule rule = Optimizers.create(Options.of("optimizer", work.options()));
    Steps steps = new Steps(layout, rule);
    Pass pass = new Pass(layout, work.written());
    double passBytes = 4.0 * (2 * work.written() + 1);
    double[] ruleNanos = new double[turns];
    double[] passNanos = new double[turns];
    for (int turn = -WARM_UP_TURNS; turn < turns; turn++) {
      long begin = System.nanoTime();
      steps.run();
      long middle = System.nanoTime();
      pass.run();
      long end = System.nanoTime();
      if (turn >= 0) {
        ruleNanos[turn] = (middle - begin) / (double) layout.size();
        passNanos[turn] = (end - middle) / (double) layout.size();
      }
    }
    double[] ratios = new double[turns];
    for (int turn = 0; turn < turns; turn++) {
      ratios[turn] = work.bytes() / ruleNanos[turn] / (passBytes / passNanos[turn]);
    }
    Arrays.sort(ratios);
    double fastest = Arrays.stream(ruleNanos).min().orElseThrow();
    double fastestPass = Arrays.stream(passNanos).min().orElseThrow();
    return new Row(
        work.options().toString(),
        fastest,
        work.bytes() / fastest * 1e9,
        passBytes / fastestPass * 1e9,
        ratios[turns / 4],
        ratios[turns - 1 - turns / 4]);
  }

  /** The rule over all chunks, as a server that holds them all runs it. */
  private static final class Steps {
    private final UpdatePlan plan;
    private final TensorSums tensorSums;
    private final List<ChunkState> chunks = new ArrayList<>();
    private final Totals totals;
    private long number;

    Steps(Layout layout, UpdateRule rule) {
      plan = UpdatePlan.create(layout, Clip.NONE, rule);
      tensorSums = TensorSums.of(layout);
      totals = plan.newTotals();
      Random random = new Random(1);
      for (Chunk chunk : layout.chunks()) {
        chunks.add(plan.newChunk(chunk, values(random, chunk), values(random, chunk)));
      }
    }

    void run() {
      Update update = new Update(++number, 1e-6);
      for (int round = 0; round < plan.rounds(); round++) {
        double[][] sums = new double[chunks.size()][];
        for (ChunkState chunk : chunks) {
          double[] own = new double[plan.sums(round, chunk.tensor())];
          plan.round(round, chunk, update, totals, own);
          sums[chunk.chunk().index()] = own;
        }
        totals.set(round, tensorSums.reduce(sums));
      }
      for (ChunkState chunk : chunks) {
        plan.apply(chunk, update, totals);
      }
    }
  }

  /** Reads one array and updates the others, with an addition and a product each. */
  private static final class Pass {
    private final List<float[][]> chunks = new ArrayList<>();
    private final int written;

    Pass(Layout layout, int written) {
      this.written = written;
      Random random = new Random(2);
      for (Chunk chunk : layout.chunks()) {
        float[][] arrays = new float[written + 1][];
        for (int a = 0; a <= written; a++) {
          arrays[a] = values(random, chunk);
        }
        chunks.add(arrays);
      }
    }

    void run() {
      for (float[][] a : chunks) {
        switch (written) {
          case 1 -> pass(a[0].length, a[0], a[1]);
          case 2 -> pass(a[0].length, a[0], a[1], a[2]);
          case 3 -> pass(a[0].length, a[0], a[1], a[2], a[3]);
          default -> pass(a[0].length, a[0], a[1], a[2], a[3], a[4]);
        }
      }
    }

    private static void pass(int n, float[] read, float[] a) {
      for (int i = 0; i < n; i++) {
        float x = 1e-6f * read[i];
        a[i] += x;
      }
    }

    private static void pass(int n, float[] read, float[] a, float[] b) {
      for (int i = 0; i < n; i++) {
        float x = 1e-6f * read[i];
        a[i] += x;
        b[i] += x;
      }
    }

    private static void pass(int n, float[] read, float[] a, float[] b, float[] c) {
      for (int i = 0; i < n; i++) {
        float x = 1e-6f * read[i];
        a[i] += x;
        b[i] += x;
        c[i] += x;
      }
    }

    private static void pass(int n, float[] read, float[] a, float[] b, float[] c, float[] d) {
      for (int i = 0; i < n; i++) {
        float x = 1e-6f * read[i];
        a[i] += x;
        b[i] += x;
        c[i] += x;
        d[i] += x;
      }
    }
  }

  private static float[] values(Random random, Chunk chunk) {
    float[] values = new float[chunk.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.01f;
    }
    return values;
  }
}
