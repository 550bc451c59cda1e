package io.lockstep.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class ReasonTest {
  @Test
  void whatLiesUnderAFailureIsSaidWhereItAddsWords() {
    IOException refused = new IOException("connection refused");
    assertThat(Reason.of(new UncheckedIOException("cannot carry", refused)))
        .isEqualTo("cannot carry: connection refused");
    assertThat(Reason.of(new UncheckedIOException("cannot carry: connection refused", refused)))
        .isEqualTo("cannot carry: connection refused");
    assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
  }

  @Test
  void aFilesNameOrAResourceIsNoReasonByItself() {
    assertThat(Reason.of(new NoSuchFileException("/runs/a")))
        .isEqualTo("NoSuchFileException: /runs/a");
    assertThat(Reason.of(new OutOfMemoryError("Java heap space")))
        .isEqualTo("OutOfMemoryError: Java heap space");
  }

  @Test
  void theStackTraceOfAnotherProcessIsLeftOut() {
    String message = "the quota is exceeded\n\tat org.example.Quota.check(Quota.java:7)\n\tat x";
    assertThat(Reason.of(new IOException(message))).isEqualTo("the quota is exceeded");
    assertThat(Reason.of(new IOException("two\nlines"))).isEqualTo("two\nlines");
  }
}
