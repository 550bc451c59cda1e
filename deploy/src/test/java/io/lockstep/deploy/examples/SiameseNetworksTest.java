package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One encoder for several images. */
@Asserts({"siamese-contrastive.yaml", "siamese-triplet.yaml"})
class SiameseNetworksTest {
  @TempDir private Path folder;

  @Test
  void pairsOfOnePatternAreToldFromOthers() {
    ExampleRun run = ExampleRun.of("siamese-contrastive.yaml", folder);
    assertThat(run.figure("accuracy")).isGreaterThan(0.9); // half of the pairs are the same
  }

  @Test
  void anAnchorIsNearerToItsLike() {
    ExampleRun run = ExampleRun.of("siamese-triplet.yaml", folder);
    assertThat(run.figure("accuracy")).isGreaterThan(0.97);
    assertThat(run.figure("validationLoss")).isLessThan(0.1); // the margin, 1, where all are alike
  }
}
