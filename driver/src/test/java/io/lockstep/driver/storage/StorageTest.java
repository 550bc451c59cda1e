package io.lockstep.driver.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.common.config.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StorageTest {
  private static final Storage STORAGE =
      Storage.with(
          Map.of(
              ObjectStoreFileSystem.SETTING, ObjectStoreFileSystem.class.getName(),
              RenamingFileSystem.SETTING, RenamingFileSystem.class.getName()));

  @TempDir Path folder;

  private CheckpointStore store(String scheme) {
    return STORAGE.checkpoints(scheme + folder.resolve("checkpoints"));
  }

  private static void write(CheckpointStore store, String name, String text) throws IOException {
    try (CheckpointStore.Writing writing = store.create(name)) {
      writing.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      writing.commit();
    }
  }

  private static String read(CheckpointStore store, String name) throws IOException {
    try (ReadableByteChannel channel = store.open(name)) {
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file://", "objects:", "renames:"})
  void whatIsCommittedIsThereUnderItsNameAndNothingElse(String scheme) throws IOException {
    CheckpointStore store = store(scheme);
    assertThat(store.names()).isEmpty();
    write(store, "step-2/shard-0.bin", "two");
    write(store, "step-10/manifest.json", "ten");
    write(store, "step-10/manifest.json", "ten again");
    try (CheckpointStore.Writing abandoned = store.create("step-10/shard-0.bin")) {
      abandoned.write(ByteBuffer.wrap(new byte[1000]));
    }
    assertThat(store.names()).containsExactly("step-10/manifest.json", "step-2/shard-0.bin");
    assertThat(read(store, "step-10/manifest.json")).isEqualTo("ten again");
    assertThat(read(store, "step-2/shard-0.bin")).isEqualTo("two");
    assertThatThrownBy(() -> store.open("step-3/manifest.json").close())
        .isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "objects:", "renames:"})
  void aFolderGoesWithItsLastFile(String scheme) throws IOException {
    CheckpointStore store = store(scheme);
    write(store, "step-1/a", "a");
    write(store, "step-1/b", "b");
    write(store, "step-2/a", "a");
    store.delete("step-1/b");
    assertThat(folder.resolve("checkpoints/step-1")).exists();
    store.delete("step-1/a");
    store.delete("step-1/a");
    assertThat(folder.resolve("checkpoints/step-1")).doesNotExist();
    assertThat(store.names()).containsExactly("step-2/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"objects:", "renames:"})
  void aStreamHasNoNameBeforeItIsCommitted(String scheme) throws IOException {
    CheckpointStore store = store(scheme);
    try (CheckpointStore.Writing writing = store.create("manifest.json")) {
      writing.write(ByteBuffer.wrap(new byte[1 << 16]));
      assertThat(store.names()).doesNotContain("manifest.json");
      writing.commit();
      assertThat(store.names()).containsExactly("manifest.json");
    }
    assertThat(Files.size(folder.resolve("checkpoints/manifest.json"))).isEqualTo(1 << 16);
  }

  @Test
  void whatIsLocalIsKeptWithoutHadoop() {
    for (String local : List.of("/runs/a", "runs/a", "file:/runs/a", "file:///runs/a", "a:b")) {
      assertThat(Storage.here().checkpoints(local)).as(local).isInstanceOf(FolderStore.class);
    }
  }

  @Test
  void aFileSystemThatNobodyKnowsIsRefusedWithTheWayOut() {
    assertThatThrownBy(() -> STORAGE.checkpoints("nowhere://host/runs/a"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "cannot reach the file system of nowhere://host/runs/a: No FileSystem for scheme"
                + " \"nowhere\"; put its jars and settings where Spark has them (spark.hadoop.*)");
  }

  @Test
  void relativePlacesBeginAtTheirFolderAndOthersStay() {
    Location config = Location.of("hdfs://namenode:8020/experiments/wine/config.yaml");
    assertThat(config.folder()).hasToString("hdfs://namenode:8020/experiments/wine");
    assertThat(config.folder().resolve("../data/{a,b} c.csv"))
        .hasToString("hdfs://namenode:8020/experiments/data/{a,b} c.csv");
    assertThat(config.folder().resolve("s3a://bucket/x")).hasToString("s3a://bucket/x");
    assertThat(config.folder().resolve("/x").isLocal()).isTrue();
    assertThat(Location.of("s3a://bucket").resolve("runs/a")).hasToString("s3a://bucket/runs/a");
    assertThat(Location.of("hdfs:/runs").folder().folder()).hasToString("hdfs:/");
    assertThat(Location.of("file:///runs/a").path()).isEqualTo(Path.of("/runs/a"));
    assertThat(Location.of("runs/../a").path()).isEqualTo(Path.of("a").toAbsolutePath());
    assertThat(Location.of("a:b").path()).isEqualTo(Path.of("a:b").toAbsolutePath());
  }

  @Test
  void onlyWhatWasWrittenSinceIsCarriedAndTheLastGoesLast() throws IOException {
    Path here = Files.createDirectory(folder.resolve("here"));
    Path there = folder.resolve("there");
    Mirror mirror = new Mirror(STORAGE, Location.of("objects:" + there), here);
    Files.createDirectory(here.resolve("logs"));
    Files.writeString(here.resolve("steps.jsonl"), "1\n");
    Files.writeString(here.resolve("logs/log"), "x");
    Files.writeString(here.resolve("half.part"), "x");
    mirror.carry("summary.json");
    assertThat(mirror.names()).containsExactly("logs/log", "steps.jsonl");
    Files.delete(there.resolve("logs/log"));
    Files.writeString(here.resolve("steps.jsonl"), "1\n2\n");
    Files.writeString(here.resolve("summary.json"), "{}");
    mirror.carry("summary.json");
    assertThat(mirror.names()).as("the log had not changed").doesNotContain("logs/log");
    assertThat(there.resolve("steps.jsonl")).hasContent("1\n2");

    Path other = Files.createDirectory(folder.resolve("other"));
    Mirror back = new Mirror(STORAGE, Location.of("objects:" + there), other);
    back.fetch(name -> name.endsWith(".jsonl"));
    try (Stream<Path> files = Files.list(other)) {
      assertThat(files).containsExactly(other.resolve("steps.jsonl"));
    }
    Files.delete(there.resolve("steps.jsonl"));
    back.carry("");
    assertThat(back.names()).as("it is as it was fetched").containsExactly("summary.json");
  }
}
