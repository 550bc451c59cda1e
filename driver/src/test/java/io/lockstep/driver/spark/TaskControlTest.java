package io.lockstep.driver.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToWorker;
import io.lockstep.worker.Control.Assignment;
import io.lockstep.worker.StreamSums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskControlTest {
  private static final List<Double> LEARNED = List.of(0.5, 2.0);

  private final List<ToCoordinator> said = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private Consumer<ToCoordinator> answer = message -> {};
  private final TaskControl control =
      new TaskControl(
          1,
          7,
          message -> {
            said.add(message);
            answer.accept(message);
          },
          Duration.ofMillis(1));

  @Test
  void aValidationThatIsMeasuredAgainAfterACrashIsSaidAgain() throws InterruptedException {
    answer = message -> control.arrived(new ToWorker.Validated(4, List.of()));
    control.validated(4, List.of(), List.of(), 0);
    control.validated(4, List.of(), List.of(), 0);
    assertThat(said).hasSize(2);
  }

  @Test
  void aValidationIsRepeatedUntilItHasArrived() throws InterruptedException {
    answer = message -> control.arrived(new ToWorker.Validated(said.size() < 3 ? 6 : 4, LEARNED));
    assertThat(control.validated(4, List.of(), List.of(), 0)).contains(LEARNED);
    assertThat(said).hasSize(3).containsOnly(said.get(0));
  }

  @Test
  void aValidationThatIsTooLargeForOneMessageGoesInSeveral() throws InterruptedException {
    List<StreamSums> sums =
        IntStream.range(4, 9)
            .mapToObj(m -> new StreamSums(m, true, 1, 1, 1, new double[15_000]))
            .toList();
    answer = message -> control.arrived(new ToWorker.Validated(4, LEARNED));
    assertThat(control.validated(4, sums, List.of(), 0)).contains(LEARNED);
    List<ToCoordinator.ValidationSums> parts =
        said.stream().map(ToCoordinator.ValidationSums.class::cast).toList();
    assertThat(parts).hasSize(3).allMatch(part -> part.from() == 4 && part.to() == 9);
    assertThat(parts.stream().flatMap(part -> part.sums().stream()).toList()).isEqualTo(sums);
  }

  @Test
  void aValidationOfServersThatAreGoneIsNotWaitedFor() throws InterruptedException {
    control.begin(begin(1));
    assertThat(control.next()).isPresent();
    answer = message -> control.begin(begin(2));
    assertThat(control.validated(4, List.of(), List.of(), 0)).isEmpty();
    assertThat(said)
        .containsExactly(
            new ToCoordinator.ValidationSums(1, 7, 1, 4, 0, 0, List.of(), List.of(), 0));
    assertThat(control.next()).contains(new Assignment(2, List.of()));
  }

  @Test
  void aLostLinkIsReportedUntilThereIsAnAnswer() throws InterruptedException {
    answer =
        message -> {
          if (said.size() == 3) {
            control.begin(begin(2));
          }
        };
    control.linkLost(1, "reset");
    assertThat(control.next()).contains(new Assignment(2, List.of()));
    assertThat(said).hasSize(3).containsOnly(new ToCoordinator.LinkLost(1, 7, 1, "reset"));
  }

  @Test
  void anotherIncarnationEndsTheLinkAtHand() throws InterruptedException {
    control.begin(begin(1));
    assertThat(control.next()).contains(new Assignment(1, List.of()));
    control.breakOff(() -> closed.set(true));
    control.begin(begin(2));
    assertThat(closed).isTrue();
    assertThat(control.next()).contains(new Assignment(2, List.of()));
  }

  @Test
  void aLinkToServersThatWereReplacedMeanwhileIsClosedAtOnce() throws InterruptedException {
    control.begin(begin(1));
    assertThat(control.next()).isPresent();
    control.begin(begin(2));
    control.breakOff(() -> closed.set(true));
    assertThat(closed).isTrue();
  }

  /** The actor tells of servers while the task, which hears of them first, already has its link. */
  @Test
  void aTaskThatIsQuickerThanItsActorKeepsItsLink() throws InterruptedException {
    for (int incarnation = 1; incarnation <= 2000; incarnation++) {
      ToWorker.Begin begin = begin(incarnation);
      Thread actor = new Thread(() -> control.begin(begin));
      actor.start();
      assertThat(control.next()).contains(new Assignment(incarnation, List.of()));
      AtomicBoolean broken = new AtomicBoolean();
      control.breakOff(() -> broken.set(true));
      actor.join();
      assertThat(broken).as("the link of incarnation %d", incarnation).isFalse();
    }
  }

  @Test
  void aRepetitionIsNoNewsToATaskAtWork() throws InterruptedException {
    control.begin(begin(1));
    assertThat(control.next()).isPresent();
    control.breakOff(() -> closed.set(true));
    control.begin(begin(1));
    assertThat(closed).isFalse();
    answer = message -> control.begin(begin(3));
    control.linkLost(1, "reset");
    assertThat(control.next()).contains(new Assignment(3, List.of()));
    assertThat(said).hasSize(1);
  }

  @Test
  void anAnswerOfTheSameIncarnationSendsTheTaskBackToItsServers() throws InterruptedException {
    control.begin(begin(1));
    assertThat(control.next()).isPresent();
    control.linkLost(1, "reset");
    control.begin(begin(1));
    assertThat(control.next()).contains(new Assignment(1, List.of()));
  }

  private static ToWorker.Begin begin(int incarnation) {
    return new ToWorker.Begin(incarnation, List.of());
  }
}
