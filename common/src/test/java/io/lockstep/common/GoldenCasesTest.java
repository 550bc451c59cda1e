package io.lockstep.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.schedule.Schedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** Where reference cases come from, and what makes one fail. */
class GoldenCasesTest {
  private final String configured = System.getProperty("golden.dir", "");

  @TempDir Path folder;

  @BeforeEach
  void readTheFolder() {
    System.setProperty("golden.dir", folder.toString());
  }

  @AfterEach
  void readWhatWasConfigured() {
    System.setProperty("golden.dir", configured);
  }

  @Test
  void casesOfTheFolderAreReadAndKindsThatItLacksAreSkipped() throws IOException {
    Files.createDirectories(folder.resolve("losses"));
    Files.writeString(
        folder.resolve("losses/mse.json"), "{\"value\": 2, \"shape\": [[1], [2, 3]]}");
    assertThat(GoldenCases.of("losses")).extracting(GoldenCase::name).containsExactly("mse");
    assertThat(GoldenCases.of("losses").get(0).numbers("shape")).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> GoldenCases.of("schedules"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("has no schedules");
  }

  @Test
  void aFolderThatIsNotThereFails() {
    System.setProperty("golden.dir", folder.resolve("nowhere").toString());
    assertThatThrownBy(() -> GoldenCases.of("losses"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("golden.dir");
  }

  @Test
  void anUnknownTypeOrKeyFailsWithTheNameOfItsCase() throws IOException {
    Files.createDirectories(folder.resolve("schedules"));
    Files.writeString(folder.resolve("schedules/odd.json"), "{\"schedule\": {\"type\": \"odd\"}}");
    DynamicTest odd =
        GoldenCases.tests(
                "schedules", golden -> Schedules.create(golden.options("schedule"), 0.1, 10))
            .findFirst()
            .orElseThrow();
    assertThatThrownBy(() -> odd.getExecutable().execute())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("case odd: unknown schedule 'odd'");
  }

  @Test
  void unknownFieldsAndValuesOutOfToleranceFail() throws IOException {
    Files.createDirectories(folder.resolve("losses"));
    Files.writeString(
        folder.resolve("losses/a.json"),
        "{\"case\": \"a\", \"weights\": [1], \"tolerance\": {\"relative\": 0.1, \"absolute\": 0.5}}");
    GoldenCase golden = GoldenCases.of("losses").get(0);
    golden.allowOnly("weights");
    assertThatThrownBy(golden::allowOnly).isInstanceOf(AssertionError.class);
    golden.assertClose("it", new double[] {11.4, 0.5}, new double[] {10, 0});
    assertThatThrownBy(() -> golden.assertClose("it", new double[] {11.6}, new double[] {10}))
        .hasMessageContaining("case a: it[0] is 11.6, expected 10.0, off by 1.5");
    assertThatThrownBy(() -> golden.assertClose("it", new double[] {Double.NaN}, new double[] {10}))
        .isInstanceOf(AssertionError.class);
  }
}
