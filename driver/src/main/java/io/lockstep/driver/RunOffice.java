package io.lockstep.driver;

import static java.util.Objects.requireNonNull;

import akka.actor.typed.ActorRef;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.coordinator.Action;
import io.lockstep.driver.coordinator.Coordinator;
import io.lockstep.driver.coordinator.Outcome;
import io.lockstep.driver.coordinator.RunParts;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.RunListener.Phase;
import io.lockstep.driver.server.door.Door;
import io.lockstep.driver.spark.TrainJob;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Does what the coordinator decides outside of Akka, and lets the run's end be waited for. */
final class RunOffice implements Coordinator.Office {
  private final RunConfiguration configuration;
  private final RunDirectory directory;
  private final RunListener listener;
  private final BooleanSupplier enough;
  private final Checkpoints checkpoints;
  private final RunParts parts;
  private final List<String> notes;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private Manifest manifest;
  private volatile @Nullable ActorRef<ToCoordinator> coordinator;
  private volatile @Nullable TrainJob job;
  private volatile @Nullable Door door;

  /**
   * @param listener is told everything, the directory included
   * @param enough asked after every step: whether the listener has seen enough
   * @param manifest what every checkpoint says, but for step, files and fingerprint
   * @param notes receives what the user should know
   */
  RunOffice(
      RunConfiguration configuration,
      RunDirectory directory,
      RunListener listener,
      BooleanSupplier enough,
      Checkpoints checkpoints,
      Manifest manifest,
      RunParts parts,
      List<String> notes) {
    this.configuration = configuration;
    this.directory = directory;
    this.listener = listener;
    this.enough = enough;
    this.checkpoints = checkpoints;
    this.manifest = manifest;
    this.parts = parts;
    this.notes = notes;
  }

  /** Whom to tell, and what to submit: before the job's first submission. */
  void open(ActorRef<ToCoordinator> newCoordinator, TrainJob newJob) {
    coordinator = newCoordinator;
    job = newJob;
  }

  /** Where server processes come to, and are sent away from. */
  void open(Door newDoor) {
    door = newDoor;
  }

  /** Tells the coordinator. */
  void tell(ToCoordinator message) {
    ActorRef<ToCoordinator> present = coordinator;
    if (present != null) {
      present.tell(message);
    }
  }

  /** Waits for the end of the run. */
  Outcome await() {
    try {
      return outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailedException("the run " + configuration.name() + " was interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing fails the outcome", e);
    }
  }

  @Override
  public void end(Outcome end) {
    outcome.complete(end);
  }

  @Override
  public void act(Action action) {
    if (action instanceof Action.Report report) {
      listener.step(report.step());
      if (enough.getAsBoolean()) {
        tell(new ToCoordinator.Enough());
      }
    } else if (action instanceof Action.ReportValidation report) {
      listener.validation(report.validation());
    } else if (action instanceof Action.Publish publish) {
      publish(publish);
    } else if (action instanceof Action.CutBack cutBack) {
      checkpoints.cutBackTo(cutBack.step());
      listener.cutBack(cutBack.step());
    } else if (action instanceof Action.Restarted restarted) {
      listener.restarted(restarted.restarts(), restarted.reason());
    } else if (action instanceof Action.Note note) {
      notes.add(note.message());
      listener.note(note.message());
    } else if (action instanceof Action.Started started) {
      started(started);
    } else if (action instanceof Action.Dismiss dismiss) {
      requireNonNull(door).dismiss(dismiss.process(), dismiss.reason());
    } else if (action instanceof Action.Resubmit resubmit) {
      requireNonNull(job).submit(resubmit.submission(), resubmit.workers());
    } else {
      throw new IllegalArgumentException("the coordinator itself does " + action);
    }
  }

  private void started(Action.Started started) {
    manifest = manifest.withFingerprint(started.canary());
    directory.writeConfiguration(configuration, started.fingerprint());
    listener.sized(
        parts.milestones().lastStep(),
        parts.milestones().epochs().stepsPerEpoch(),
        started.step(),
        started.workers());
    listener.phase(Phase.TRAINING);
  }

  private void publish(Action.Publish publish) {
    List<ShardEntry> shards =
        publish.shards().stream().sorted(Comparator.comparingInt(ShardEntry::firstChunk)).toList();
    long epoch = parts.milestones().epochs().epoch(publish.step());
    directory.carry(); // first, so that whoever resumes from the checkpoint has its steps
    checkpoints.publish(
        manifest
            .with(publish.step(), epoch, shards)
            .withLearned(publish.schedule(), publish.noise().state())
            .withFingerprint(publish.canary()));
    checkpoints.prune(configuration.checkpoint().keep());
  }
}
