package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digits through a narrow code and back: judged by pixels, by nats, by what a network sees. */
@Asserts({"autoencoder.yaml", "variational-autoencoder.yaml", "perceptual.yaml"})
class AutoencodersTest {
  @TempDir private Path folder;

  @Test
  void thirtyTwoNumbersSayFarMoreOfAnImageThanTheMeanImage() {
    ExampleRun run = ExampleRun.of("autoencoder.yaml", folder);
    assertThat(run.figure("mse")).isLessThan(0.025); // 0.067 for the mean image
  }

  /** A collapsed code costs nothing, and then the reconstruction is of the mean image: 206 nats. */
  @Test
  void aVariationalCodeIsUsedAndStaysNearTheNormalDistribution() {
    ExampleRun run = ExampleRun.of("variational-autoencoder.yaml", folder);
    List<JsonNode> validations = run.validations();
    double before = validations.get(0).get("loss").asDouble();
    double after = validations.get(validations.size() - 1).get("loss").asDouble();
    assertThat(after).isLessThan(before).isLessThan(150);
    assertThat(run.figure("reconstruction/loss")).isLessThan(135);
    assertThat(run.figure("code/loss")).isBetween(8.0, 25.0);
    assertThat(run.figure("reconstruction/loss") + run.figure("code/loss"))
        .isBetween(0.999 * after, 1.001 * after);
  }

  /** One epoch of each: a loss that is multiplied by 0 is measured and teaches nothing. */
  @Test
  void anEyeInTheLossMakesImagesThatLookMoreAlikeToIt() {
    ExampleRun byEye = ExampleRun.of("perceptual.yaml", folder, "train.epochs=1");
    ExampleRun byPixels =
        ExampleRun.of(
            "perceptual.yaml",
            folder,
            "train.epochs=1",
            "loss={type: sum, terms: ["
                + "{type: mse, output: made, target: input},"
                + "{type: mse, output: seen, target: wanted, weight: 1e-9}]}");
    assertThat(byEye.figure("seen/loss")).isLessThan(0.8 * 1e9 * byPixels.figure("seen/loss"));
    assertThat(byEye.tensor("strokes.W")).isEqualTo(byPixels.tensor("strokes.W"));
  }
}
