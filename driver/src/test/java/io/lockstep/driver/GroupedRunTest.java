package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.checkpoint.CheckpointException;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose tensors follow several rules. */
class GroupedRunTest {
  private static final String GROUPS =
      """
      optimizer:
        type: lamb
        learningRate: 0.01
        preNormalize: true
        groups:
          - {tensors: ["output.b"], type: sgd, momentum: 0.9, rateFactor: 0.5}
          - {roles: [bias], rateFactor: 0}
          - {tensors: ["output.?"], weightDecay: 0}
      clip: {type: global-norm, maximum: 0.5}
      """;

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private RunCase runs;

  @SuppressWarnings("NullAway.Init") // set before each test
  private String data;

  @BeforeEach
  void writeData() {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
  }

  private Summary run(String... cluster) {
    return runs.run(RunCase.configuration(data, RunCase.MLP, GROUPS, cluster));
  }

  @Test
  void workersAndServersChangeNoBit() {
    String hash = run().weightsSha256();
    assertThat(run("cluster.workers=2", "cluster.servers=3").weightsSha256()).isEqualTo(hash);
    assertThat(
            run("cluster.workers=3", "cluster.servers=2", "cluster.placement=workers")
                .weightsSha256())
        .isEqualTo(hash);
    assertThat(run("optimizer.groups=[]").weightsSha256()).isNotEqualTo(hash);
  }

  @Test
  void aRunIsResumedWithItsGroupsAndWithNoOthers() throws IOException {
    Path path = runs.newDirectory();
    Summary whole =
        RunCase.run(
            RunCase.configuration(data, RunCase.MLP, GROUPS, "cluster.servers=2"),
            path,
            RunListener.NONE);
    assertThat(new Checkpoints(new FolderStore(path.resolve("checkpoints"))).manifest(9).state())
        .containsEntry("hidden.W", List.of("m", "v"))
        .containsEntry("hidden.b", List.of())
        .containsEntry("output.b", List.of("v"));
    Files.delete(path.resolve("checkpoints/step-10/manifest.json"));
    assertThatThrownBy(
            () ->
                RunCase.resume(
                    RunCase.configuration(
                        data, RunCase.MLP, GROUPS, "optimizer.groups[1].rateFactor=1"),
                    path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("optimizer.groups[1].rateFactor (checkpoint: 0, now: 1)");
    Summary resumed =
        RunCase.resume(
            RunCase.configuration(
                data, RunCase.MLP, GROUPS, "cluster.workers=2", "cluster.servers=3"),
            path);
    assertThat(resumed.weightsSha256()).isEqualTo(whole.weightsSha256());
  }
}
