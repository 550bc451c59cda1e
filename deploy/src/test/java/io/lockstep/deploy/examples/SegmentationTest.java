package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Masks of shapes in noise. */
@Asserts("segmentation-dice.yaml")
class SegmentationTest {
  @TempDir private Path folder;

  /** Ground alone is two thirds of the decisions right: each pixel has one mask of three. */
  @Test
  void theMasksCoverTheShapes() {
    ExampleRun run = ExampleRun.of("segmentation-dice.yaml", folder);
    assertThat(run.figure("masks/dice/loss")).isLessThan(0.25);
    assertThat(run.figure("masks/binary-cross-entropy/accuracy")).isGreaterThan(0.97);
  }
}
