package io.lockstep.driver.server.link;

import io.lockstep.common.tree.Partial;
import io.lockstep.common.tree.PartialSums;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.util.List;
import java.util.concurrent.Callable;

/** A worker with made-up gradients: the loop of a real one, without engine and data. */
final class LinkedWorker implements Callable<float[]> {
  private final LinkedRun run;
  private final List<ServerAddress> addresses;
  private final WorkerIdentity identity;
  private final int steps;
  private final float[] parameters;
  private final PartialSums sums;

  /** Called with the link before a step's sums are handed over. */
  @FunctionalInterface
  interface BeforePush {
    void beforePush(long step, WorkerLink link) throws LinkException, InterruptedException;
  }

  private final BeforePush beforePush;

  LinkedWorker(
      LinkedRun run,
      List<ServerAddress> addresses,
      int worker,
      int workers,
      long attempt,
      int steps,
      BeforePush beforePush) {
    this.run = run;
    this.addresses = addresses;
    this.identity = new WorkerIdentity(run.token(), 1, worker, attempt);
    this.steps = steps;
    ReductionTree tree = run.synthetic().tree();
    this.parameters = new float[(int) run.synthetic().layout().size()];
    this.sums =
        new PartialSums(
            tree,
            tree.runStart(worker, workers),
            tree.runStart(worker + 1, workers),
            parameters.length,
            1);
    this.beforePush = beforePush;
  }

  /** Runs until the steps are done; the parameters are those of the last version. */
  @Override
  public float[] call() throws LinkException, InterruptedException {
    try (WorkerLink link =
        WorkerLink.connect(
            identity,
            run.synthetic().layout(),
            addresses,
            (offset, values) ->
                values.asFloatBuffer().get(parameters, (int) offset, values.remaining() / 4))) {
      long step = link.firstStep();
      link.pull(step);
      link.await(step);
      for (; step < steps; step++) {
        List<Partial> partials = compute(step);
        beforePush.beforePush(step, link);
        link.push(step, partials);
        link.await(step + 1);
      }
      return parameters;
    }
  }

  /** What the link has brought: the worker's own, to be looked at before a push. */
  float[] parameters() {
    return parameters;
  }

  private List<Partial> compute(long step) throws InterruptedException {
    Synthetic synthetic = run.synthetic();
    sums.begin();
    PartialSums.Slice slice;
    while ((slice = sums.next()) != null) {
      if (synthetic.isAbsent(step, slice.stream())) {
        sums.absent(slice);
      } else {
        synthetic.gradient(step, slice.stream(), parameters, slice.gradient());
        sums.done(slice, synthetic.scalars(step, slice.stream()));
      }
    }
    return sums.await();
  }
}
