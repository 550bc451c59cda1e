package io.lockstep.driver.server.actor;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.common.tree.Partial;
import io.lockstep.common.tree.PartialSums;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.server.Synthetic;
import io.lockstep.driver.server.shard.RoundTotals;
import io.lockstep.worker.link.LinkException;
import io.lockstep.worker.link.ServerAddress;
import io.lockstep.worker.link.WorkerIdentity;
import io.lockstep.worker.link.WorkerLink;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Two places with a server each, a worker with made-up gradients, and in between what a coordinator
 * does: every second message to it or from it is lost, but for what it would notice by itself.
 */
final class LossyCoordinator implements AutoCloseable {
  private final Synthetic synthetic;
  private final ServerPlan plan;
  private final int steps;
  private final List<HostedServers> places;
  private final RoundTotals rounds;
  private final RandomStream random = RandomStream.of(3, Purpose.SHUFFLE, 0, 0, 0);

  /** The coordinator's own thread: messages wait for it, as an actor's do. */
  private final ExecutorService mailbox = Executors.newSingleThreadExecutor();

  private final ExecutorService working = Executors.newSingleThreadExecutor();
  private final Map<Integer, ServerAddress> ready = new TreeMap<>();
  private final Set<Integer> applied = new HashSet<>();
  private final Set<Integer> saved = new HashSet<>();
  private @Nullable Future<float[]> worker;
  private int messages;
  private int lost;

  LossyCoordinator(Synthetic synthetic, ServerPlan plan, int steps) {
    this.synthetic = synthetic;
    this.plan = plan;
    this.steps = steps;
    this.rounds = new RoundTotals(synthetic.layout());
    this.places = List.of(place(), place());
  }

  private HostedServers place() {
    return new HostedServers(plan, message -> mailbox.execute(() -> hear(message)));
  }

  /** As it does now and then: they may not have heard. */
  void tellHosts() {
    for (int place = 0; place < places.size(); place++) {
      places.get(place).host(1, 0, List.of(place));
    }
  }

  private synchronized boolean isLost() {
    boolean isLost = random.unit(messages++) < 0.5;
    lost += isLost ? 1 : 0;
    return isLost;
  }

  private void hear(ToCoordinator message) {
    if (isLost()) {
      return;
    }
    if (message instanceof ToCoordinator.ServerReady told) {
      hear(told);
    } else if (message instanceof ToCoordinator.RoundReady told) {
      double[][] totals = rounds.add(told.sums());
      if (totals != null) {
        places.stream()
            .filter(place -> !isLost())
            .forEach(place -> place.totals(1, told.sums().step(), told.sums().round(), totals));
      }
    } else {
      hearOfTheEnd(message);
    }
  }

  private synchronized void hear(ToCoordinator.ServerReady told) {
    ready.put(told.address().server(), told.address());
    if (ready.size() == places.size() && worker == null) {
      worker = working.submit(() -> work(List.copyOf(ready.values())));
    }
  }

  private synchronized void hearOfTheEnd(ToCoordinator message) {
    if (message instanceof ToCoordinator.StepApplied told && told.report().step() == steps - 1) {
      applied.add(told.server());
    } else if (message instanceof ToCoordinator.ShardSaved told) {
      saved.add(told.server());
    }
  }

  /** Whether the worker is done, and both servers told of the last step and of their checkpoint. */
  synchronized boolean hasHeardAll() {
    return worker != null
        && worker.isDone()
        && applied.size() == places.size()
        && saved.size() == places.size();
  }

  /** Of the worker, after the last step. */
  float[] parameters() throws ExecutionException, InterruptedException {
    return java.util.Objects.requireNonNull(worker).get();
  }

  synchronized int lost() {
    return lost;
  }

  private float[] work(List<ServerAddress> addresses) throws LinkException, InterruptedException {
    float[] parameters = new float[(int) synthetic.layout().size()];
    int slices = synthetic.tree().leaves();
    PartialSums sums = new PartialSums(synthetic.tree(), 0, slices, parameters.length, 1);
    try (WorkerLink link =
        WorkerLink.connect(
            new WorkerIdentity(plan.runToken(), 1, 0, 1),
            synthetic.layout(),
            addresses,
            (offset, values) ->
                values.asFloatBuffer().get(parameters, (int) offset, values.remaining() / 4))) {
      link.pull(0);
      link.await(0);
      for (long step = 0; step < steps; step++) {
        link.push(step, compute(step, parameters, sums));
        link.await(step + 1);
      }
      return parameters;
    }
  }

  private List<Partial> compute(long step, float[] parameters, PartialSums sums)
      throws InterruptedException {
    sums.begin();
    for (var slice = sums.next(); slice != null; slice = sums.next()) {
      if (synthetic.isAbsent(step, slice.stream())) {
        sums.absent(slice);
      } else {
        synthetic.gradient(step, slice.stream(), parameters, slice.gradient());
        sums.done(slice, synthetic.scalars(step, slice.stream()));
      }
    }
    return sums.await();
  }

  @Override
  public void close() {
    working.shutdownNow();
    places.forEach(HostedServers::close);
    mailbox.shutdownNow();
  }
}
