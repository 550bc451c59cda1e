package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is spelled, without where. */
@Asserts("ctc.yaml")
class SymbolsInTimeTest {
  @TempDir private Path folder;

  @Test
  void whatIsShownIsSpelledWithHardlyAnError() {
    ExampleRun run = ExampleRun.of("ctc.yaml", folder);
    assertThat(run.validations().get(0).get("label-error-rate").asDouble()).isGreaterThan(0.2);
    assertThat(run.figure("label-error-rate")).isLessThan(0.02);
  }
}
