package io.lockstep.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter text = new StringWriter();
  private long nanos = 1;

  @Test
  void withoutATerminalThereIsALineEveryFewSeconds() {
    Progress progress = progress(false);
    progress.sized(100, 50, 0, 2);
    for (int step = 1; step <= 100; step++) {
      nanos += 100_000_000;
      progress.step(Runs.step(step, 1));
    }
    progress.close();
    assertThat(text.toString().lines())
        .containsExactly(
            "training: 100 steps, 50 an epoch, on 2 workers",
            "step 1/100  epoch 1/2  loss 1.0000  rate 0.00100  2560 examples/s  0:10 left",
            "step 31/100  epoch 1/2  loss 1.0000  rate 0.00100  2560 examples/s  0:07 left",
            "step 61/100  epoch 1/2  loss 1.0000  rate 0.00100  2560 examples/s  0:04 left",
            "step 91/100  epoch 1/2  loss 1.0000  rate 0.00100  2560 examples/s  0:01 left",
            "step 100/100  epoch 1/2  loss 1.0000  rate 0.00100  2560 examples/s  0:00 left");
  }

  @Test
  void onATerminalOneLineIsDrawnAgain() {
    Progress progress = progress(true);
    progress.sized(4, 4, 0, 1);
    for (int step = 1; step <= 4; step++) {
      nanos += 200_000_000;
      progress.step(Runs.step(step, 1));
    }
    progress.close();
    assertThat(text.toString())
        .contains("\rstep 1/4  epoch 1/1  [#####---------------]  loss 1.0000")
        .contains("\rstep 4/4  epoch 1/1  [####################]  loss 1.0000")
        .endsWith("0:00 left" + System.lineSeparator());
  }

  @Test
  void whatHappensStandsOnLinesOfItsOwn() {
    Progress progress = progress(true);
    progress.phase(RunListener.Phase.READING);
    progress.sized(10, 5, 4, 1);
    progress.step(Runs.step(5, 1));
    progress.validation(new ValidationRecord(5, 1, 10, 0.5, Map.of("accuracy", 0.9712), 1));
    progress.restarted(1, "worker 1 (pid 4711)");
    progress.cutBack(4);
    progress.note("one worker fewer than asked for");
    progress.close();
    assertThat(
            text.toString()
                .lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("step 5/10")))
        .containsExactly(
            "reading the data",
            "training: 10 steps from step 4, 5 an epoch, on 1 worker",
            "validation after step 5 (epoch 1): loss 0.5000  accuracy 97.12 %",
            "restart 1: lost worker 1 (pid 4711)",
            "going on from the checkpoint of step 4",
            "note: one worker fewer than asked for");
  }

  @Test
  void timeIsShownAsAClock() {
    assertThat(Progress.clock(0.4)).isEqualTo("0:00");
    assertThat(Progress.clock(125)).isEqualTo("2:05");
    assertThat(Progress.clock(3723)).isEqualTo("1:02:03");
  }

  private Progress progress(boolean terminal) {
    return new Progress(new PrintWriter(text), terminal, () -> nanos);
  }
}
