package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sine by one hidden layer. */
@Asserts("sine.yaml")
class SineTest {
  @TempDir private Path folder;

  @Test
  void oneHiddenLayerComesNearASine() {
    ExampleRun run = ExampleRun.of("sine.yaml", folder);
    assertThat(run.figure("rmse")).isLessThan(0.04); // the sine's own is 0.71
    assertThat(run.figure("r2")).isGreaterThan(0.995);
  }

  @Test
  void oneHiddenUnitDoesNot() {
    ExampleRun run = ExampleRun.of("sine.yaml", folder, "model.layers[0].units=1");
    assertThat(run.figure("rmse")).isGreaterThan(0.1); // it only rises or only falls
  }
}
