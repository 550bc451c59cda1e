package io.lockstep.driver.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.checkpoint.CheckpointException;
import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.checkpoint.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageMarkTest {
  private static final String TOKEN = "the token of a run";

  @TempDir private Path folder;

  private CheckpointStore store(String name) {
    return new FolderStore(folder.resolve(name));
  }

  @Test
  void whoLooksIntoTheSameFolderFindsItWhileTheRunGoesOn() throws IOException {
    String name;
    try (StorageMark mark = StorageMark.put(store("shared"), TOKEN)) {
      name = mark.name();
      assertThatCode(() -> StorageMark.require(store("shared"), name)).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> StorageMark.require(store("shared"), name))
        .as("after the run")
        .isInstanceOf(CheckpointException.class);
    assertThat(store("shared").names()).as("what it leaves behind").isEmpty();
  }

  @Test
  void whoLooksElsewhereHearsWhereAndWhatToDo() {
    try (StorageMark mark = StorageMark.put(store("shared"), TOKEN)) {
      CheckpointStore mine = store("mine");
      assertThatThrownBy(() -> StorageMark.require(mine, mark.name()))
          .isInstanceOf(CheckpointException.class)
          .hasMessageStartingWith("the run's checkpoints must be on storage that driver and server")
          .hasMessageContaining("got " + folder.resolve("mine") + ", where this process")
          .hasMessageEndingWith("give the driver a --run-dir on shared storage, and mount it here");
    }
  }

  @Test
  void theMarkOfAnotherRunIsNotThisOnes() {
    try (StorageMark mark = StorageMark.put(store("shared"), TOKEN);
        StorageMark other = StorageMark.put(store("shared"), "the token of another")) {
      assertThat(mark.name()).isNotEqualTo(other.name());
      assertThat(mark.name()).as("beside secret files").doesNotContain("token");
    }
  }

  @Test
  void whereNothingCanBeWrittenTheErrorNamesThePlace() throws IOException {
    Files.writeString(folder.resolve("file"), "no folder");
    assertThatThrownBy(() -> StorageMark.put(store("file"), TOKEN))
        .isInstanceOf(CheckpointException.class)
        .hasMessageMatching("cannot write run-[0-9a-f]{12}\\.mark in .*file.*");
  }
}
