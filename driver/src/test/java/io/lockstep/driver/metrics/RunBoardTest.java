package io.lockstep.driver.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.metrics.RunBoard.Line;
import io.lockstep.driver.report.GradientNoise;
import io.lockstep.driver.report.RunListener.Phase;
import io.lockstep.driver.report.StepRecord;
import io.lockstep.driver.report.ValidationRecord;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunBoardTest {
  private final RunBoard board = new RunBoard();

  @BeforeEach
  void begin() {
    board.begin("mnist-mlp");
  }

  private static StepRecord step(long step, long epoch) {
    return new StepRecord(
        step,
        epoch,
        0.142345678,
        0.001,
        1,
        Map.of(),
        new GradientNoise(0, 0, 0),
        31_249.6,
        0.004,
        0,
        0,
        0,
        0,
        0,
        null);
  }

  @Test
  void beforeAnyRunThereIsNothingToSay() {
    assertThat(new RunBoard().lines()).isEmpty();
    assertThat(new RunBoard().isUnderWay()).isFalse();
  }

  @Test
  void aRunThatBeginsHasItsNameAndWhatItDoes() {
    assertThat(board.title()).isEqualTo("mnist-mlp");
    board.phase(Phase.READING);
    assertThat(board.lines())
        .containsExactly(
            new Line("configuration", "mnist-mlp"), new Line("state", "reading the data"));
    assertThat(board.isUnderWay()).isTrue();
  }

  @Test
  void aStepSaysHowFarTheRunIs() {
    board.enter("mnist-mlp-1f2e3d4c");
    board.phase(Phase.TRAINING);
    board.sized(1175, 235, 0, 4);
    board.step(step(480, 3));
    board.validation(new ValidationRecord(470, 2, 10_000, 0.25, Map.of("accuracy", 0.9712), 1));
    board.restarted(1, "worker 1");
    assertThat(board.title()).isEqualTo("mnist-mlp-1f2e3d4c");
    assertThat(board.lines())
        .containsExactly(
            new Line("run", "mnist-mlp-1f2e3d4c"),
            new Line("configuration", "mnist-mlp"),
            new Line("state", "training"),
            new Line("epoch", "3 of 5"),
            new Line("step", "480 of 1 175"),
            new Line("loss", "0.14235"),
            new Line("learning rate", "0.001"),
            new Line("examples a second", "31 250"),
            new Line("validation", "loss 0.25, accuracy 0.9712, after step 470"),
            new Line("workers", "4"),
            new Line("restarts", "1"));
  }

  @Test
  void aRunThatGoesOnFromACheckpointIsWhereThatWas() {
    board.sized(1175, 235, 470, 4);
    assertThat(board.lines())
        .contains(new Line("epoch", "3 of 5"), new Line("step", "470 of 1 175"));
    board.step(step(480, 3));
    board.cutBack(400);
    assertThat(board.done()).isEqualTo(400);
    assertThat(board.lines()).contains(new Line("epoch", "2 of 5"));
  }

  @Test
  void anEndIsHowItEndedAndTheNextRunBeginsEmpty() {
    board.sized(10, 10, 0, 1);
    board.proved("00ff");
    board.end();
    assertThat(board.isUnderWay()).isFalse();
    assertThat(board.lines())
        .contains(new Line("state", "done"), new Line("SHA-256 of the weights", "00ff"));
    board.begin("next");
    board.fail("the loss is NaN");
    assertThat(board.lines())
        .containsExactly(
            new Line("configuration", "next"), new Line("state", "failed: the loss is NaN"));
  }

  @Test
  void figuresHaveFiveDigits() {
    assertThat(RunBoard.figure(1e-7)).isEqualTo("1.0E-7");
    assertThat(RunBoard.figure(123456.7)).isEqualTo("123460.0");
    assertThat(RunBoard.figure(Double.NaN)).isEqualTo("NaN");
  }
}
