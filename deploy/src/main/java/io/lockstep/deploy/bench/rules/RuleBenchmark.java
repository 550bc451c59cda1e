package io.lockstep.deploy.bench.rules;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * An update by a rule, or the plain pass over as many arrays. Each thread has its own share of the
 * parameters, as a server's threads have their own chunks.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class RuleBenchmark {
  /** The name of a {@link RuleWork}. */
  @Param("sgd")
  public String rule = "";

  /** The rule's update, or the pass that memory allows. */
  @Param({"update", "pass"})
  public String side = "";

  /** Of all threads together. */
  @Param("10000000")
  public long parameters;

  private Runnable work = () -> {};

  /** Makes this thread's share. */
  @Setup
  public void prepare(BenchmarkParams benchmark) {
    RuleWork chosen = RuleWork.named(rule);
    var layout = RuleUpdate.layout(chosen, parameters / benchmark.getThreads());
    work =
        side.equals("update")
            ? new RuleUpdate(layout, chosen.options())
            : new PlainPass(layout, chosen.stateArrays() + 1);
  }

  /** One update or pass of the thread's share. */
  @Benchmark
  public void run() {
    work.run();
  }
}
