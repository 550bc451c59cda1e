package io.lockstep.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTableTest {
  @Test
  void theTableEndsWithTheHashAndTheNotes() {
    StringWriter text = new StringWriter();
    SummaryTable.print(Runs.summary(), new PrintWriter(text));
    assertThat(text.toString().lines())
        .containsExactly(
            "run              made-up-1f2e3d4c",
            "steps            40 (2.0 epochs)",
            "examples         10 240",
            "train loss       0.5000",
            "validation loss  0.1250",
            "accuracy         97.50 %",
            "time             12.5 s, of which training 10.0 s (1 024 examples/s)",
            "cluster          2 workers, 1 servers (driver), 8 slices",
            "restarts         0",
            "reproducible     yes",
            "weights sha256   00ff",
            "note: one worker fewer than asked for");
  }

  @Test
  void aListIsOneLineAndATableToo() {
    assertThat(Figures.list(List.of(0.5, 1.0))).isEqualTo("[0.5000, 1]");
    assertThat(Figures.list(List.of(List.of(44.0, 2.0), List.of(0.0, 67.0))))
        .isEqualTo("[[44, 2], [0, 67]]");
  }
}
