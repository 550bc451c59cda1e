package io.lockstep.worker;

import io.lockstep.common.data.DataException;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.tree.FiniteCheck;
import io.lockstep.common.tree.NonFinite;
import io.lockstep.common.tree.Partial;
import io.lockstep.common.tree.PartialSums;
import io.lockstep.common.tree.PartialSums.Slice;
import io.lockstep.common.tree.ReductionTree;
import io.lockstep.common.tree.Scalars;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.Parameters;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.SliceEngine;
import io.lockstep.worker.engine.SliceSums;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The engines of a worker, one a thread, and the streams they compute. The calling thread is one of
 * them. Which thread computes which slice changes nothing.
 */
public final class Crew implements AutoCloseable {
  private final Layout layout;

  private final long seed;
  private final int firstStream;
  private final List<SliceStream> training;
  private final List<SliceStream> validation;
  private final Parameters parameters;
  private final List<Hand> hands = new ArrayList<>();
  private final PartialSums sums;
  private final ExecutorService helpers;

  /** One thread's engine and batch. */
  private record Hand(SliceEngine engine, SliceBatch batch) {}

  /** Work that all hands do at once. */
  private interface Work {
    void run(Hand hand) throws InterruptedException;
  }

  /**
   * A crew with all its memory.
   *
   * @param tree over all streams of the run
   * @param firstStream the number of the first own stream
   * @param training the own streams, in order
   * @param validation the validation streams of the same numbers
   * @param slice most examples of a slice
   * @param threads engines that work side by side
   * @param begin what each thread but the caller's does first, such as choosing its device
   */
  public Crew(
      Network network,
      Layout layout,
      ReductionTree tree,
      long seed,
      int firstStream,
      List<SliceStream> training,
      List<SliceStream> validation,
      int slice,
      int threads,
      Runnable begin) {
    this.layout = layout;

    this.seed = seed;
    this.firstStream = firstStream;
    this.training = List.copyOf(training);
    this.validation = List.copyOf(validation);
    this.parameters = network.allocate();
    int count = Math.min(threads, training.size());
    for (int i = 0; i < count; i++) {
      hands.add(
          new Hand(
              network.engine(parameters, slice),
              new SliceBatch(slice, network.inputSize(), network.labelWidth())));
    }
    this.sums =
        new PartialSums(
            tree,
            firstStream,
            firstStream + training.size(),
            Math.toIntExact(layout.size()),
            count);
    AtomicInteger number = new AtomicInteger(1);
    this.helpers =
        Executors.newFixedThreadPool(
            Math.max(1, count - 1),
            task -> {
              Runnable work =
                  () -> {
                    begin.run();
                    task.run();
                  };
              Thread thread = new Thread(work, "lockstep-engine-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The parameters that all engines read; written between steps. */
  public Parameters parameters() {
    return parameters;
  }

  /**
   * The partial sums of a step, as {@link PartialSums#await} gives them.
   *
   * @return empty where one is not finite
   */
  public Optional<List<Partial>> gradients(long step) throws InterruptedException {
    sums.begin();
    together(
        hand -> {
          for (Slice slice = sums.next(); slice != null; slice = sums.next()) {
            compute(hand, step, slice);
          }
        });
    List<Partial> partials = sums.await();
    return sums.nonFinite() == null ? Optional.of(partials) : Optional.empty();
  }

  private void compute(Hand hand, long step, Slice slice) {
    SliceStream stream = training.get(slice.stream() - firstStream);
    if (stream.fill(step, hand.batch())) {
      SliceSums found =
          hand.engine().gradient(hand.batch(), seed, step, slice.stream(), slice.gradient());
      sums.done(
          slice,
          Scalars.ofSlice(
              found.loss(), found.weight(), found.gradientSquares(), hand.batch().examples()));
    } else {
      sums.absent(slice);
    }
  }

  /** Computes the slices of a bad partial sum again, one by one, to name the first bad one. */
  public BadSlice findBadSlice(long step) {
    NonFinite bad = sums.nonFinite();
    if (bad == null) {
      throw new IllegalStateException("step " + step + " has no bad slice");
    }
    Hand hand = hands.get(0);
    float[] gradient = new float[Math.toIntExact(layout.size())];
    for (int stream = bad.firstLeaf(); stream < bad.endLeaf(); stream++) {
      if (training.get(stream - firstStream).fill(step, hand.batch())) {
        SliceSums found = hand.engine().gradient(hand.batch(), seed, step, stream, gradient);
        int position = FiniteCheck.firstNonFinite(gradient, 0, gradient.length);
        if (position >= 0 || !Double.isFinite(found.loss()) || !Double.isFinite(found.weight())) {
          return new BadSlice(stream, tensorAt(position));
        }
      }
    }
    return new BadSlice(bad.firstLeaf(), tensorAt(bad.position()));
  }

  private String tensorAt(int position) {
    if (position < 0) {
      return "";
    }
    int tensor = 0;
    while (layout.tensorOffset(tensor + 1) <= position) {
      tensor++;
    }
    return layout.tensors().get(tensor).name();
  }

  /** The validation sums of all own streams, by the present parameters. */
  public List<StreamSums> validate() throws InterruptedException {
    StreamSums[] found = new StreamSums[validation.size()];
    AtomicInteger next = new AtomicInteger();
    together(
        hand -> {
          for (int i = next.getAndIncrement(); i < found.length; i = next.getAndIncrement()) {
            found[i] = validate(hand, firstStream + i, validation.get(i));
          }
        });
    return List.of(found);
  }

  private static StreamSums validate(Hand hand, int number, SliceStream stream) {
    double loss = 0;
    double weight = 0;
    long examples = 0;
    double[] metrics = new double[0];
    for (long slice = 0; examples < stream.count(); slice++) {
      if (!stream.fill(slice, hand.batch())) {
        throw new IllegalStateException("stream " + number + " must have a slice " + slice);
      }
      SliceSums found = hand.engine().evaluate(hand.batch());
      if (metrics.length == 0) {
        metrics = new double[found.metrics().length];
      }
      loss += found.loss();
      weight += found.weight();
      examples += hand.batch().examples();
      for (int k = 0; k < metrics.length; k++) {
        metrics[k] += found.metrics()[k];
      }
    }
    return new StreamSums(number, examples > 0, examples, loss, weight, metrics);
  }

  /** Has all hands do the work, the caller with the first of them; the first failure is thrown. */
  private void together(Work work) throws InterruptedException {
    List<Future<?>> others = new ArrayList<>();
    for (Hand hand : hands.subList(1, hands.size())) {
      others.add(
          helpers.submit(
              () -> {
                help(work, hand);
                return null;
              }));
    }
    try {
      work.run(hands.get(0));
    } catch (RuntimeException | Error | InterruptedException e) {
      sums.cancel();
      throw e;
    } finally {
      for (Future<?> other : others) {
        await(other);
      }
    }
  }

  /** A helper that fails must not leave the others waiting for its slices. */
  private void help(Work work, Hand hand) throws InterruptedException {
    try {
      work.run(hand);
    } catch (RuntimeException | Error | InterruptedException e) {
      sums.cancel();
      throw e;
    }
  }

  private static void await(Future<?> other) throws InterruptedException {
    try {
      other.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DataException refused) {
        throw refused; // no other attempt can do better
      }
      throw new IllegalStateException("an engine failed", e.getCause());
    }
  }

  /** Waits for slices that are being computed, also where the task is interrupted: then frees. */
  @Override
  public void close() {
    helpers.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = helpers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    hands.forEach(hand -> hand.engine().close());
    parameters.close();
  }
}
