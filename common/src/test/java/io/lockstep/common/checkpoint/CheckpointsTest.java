package io.lockstep.common.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.RunningMoments;
import io.lockstep.common.layout.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointsTest {
  private static final Layout LAYOUT =
      Layout.of(
          List.of(
              new TensorSpec("hidden.W", List.of(5, 7), Role.WEIGHT),
              new TensorSpec("hidden.b", List.of(7), Role.BIAS),
              new TensorSpec("output.W", List.of(7, 23), Role.WEIGHT)),
          10);

  /** Biases keep one array less. */
  private static final Map<String, List<String>> STATE =
      Map.of(
          "hidden.W",
          List.of("m", "size"),
          "hidden.b",
          List.of("m"),
          "output.W",
          List.of("m", "size"));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 40})
  void anyNumberOfServersReadsWhatAnyOtherNumberWrote(int readers) {
    for (int writers : List.of(1, 2, 5)) {
      Checkpoints checkpoints = new Checkpoints(new FolderStore(folder.resolve("w" + writers)));
      Manifest written = write(checkpoints, 400, writers);
      Manifest manifest = checkpoints.latest().orElseThrow();
      assertThat(manifest).isEqualTo(written);
      List<Integer> seen = new ArrayList<>();
      for (List<Chunk> shard : LAYOUT.shards(readers)) {
        if (!shard.isEmpty()) {
          int from = shard.get(0).index();
          checkpoints.read(
              manifest,
              from,
              from + shard.size(),
              (chunk, parameters, state) -> {
                seen.add(chunk.index());
                assertThat(parameters).isEqualTo(values(chunk, 0));
                assertThat(state).isDeepEqualTo(state(chunk, 0));
              });
        }
      }
      assertThat(seen).isEqualTo(LAYOUT.chunks().stream().map(Chunk::index).toList());
    }
  }

  @Test
  void aManifestSaysHowRunningStatisticsFollowAndOfOtherTensorsNothing() {
    Manifest plain = manifest(new java.util.TreeMap<>());
    List<TensorSpec> tensors = new ArrayList<>(plain.tensors());
    tensors.add(
        new TensorSpec(
            "norm.statistics", List.of(2, 7), Role.STATISTICS, new RunningMoments(0.125, 9)));
    Manifest manifest =
        new Manifest(
            plain.format(),
            plain.step(),
            plain.epoch(),
            plain.configuration(),
            plain.chunkElements(),
            tensors,
            plain.whole(),
            plain.state(),
            plain.schedule(),
            plain.gradientNoise(),
            plain.training(),
            plain.validation(),
            plain.fingerprint(),
            plain.shards());
    assertThat(Manifest.parse(manifest.toJson(), "it")).isEqualTo(manifest);
    assertThat(new String(manifest.toJson(), java.nio.charset.StandardCharsets.UTF_8))
        .containsOnlyOnce("moments")
        .doesNotContain("\"statistics\"");
  }

  @Test
  void aCheckpointWithoutItsManifestIsAbsent() throws IOException {
    Checkpoints checkpoints = checkpoints();
    write(checkpoints, 200, 2);
    write(checkpoints, 400, 2);
    Files.delete(folder.resolve("step-400/manifest.json"));
    assertThat(checkpoints.steps()).containsExactly(200L);
    assertThat(checkpoints.latest().orElseThrow().step()).isEqualTo(200);
  }

  @Test
  void checkpointsAreListedWhileOthersAreWritten() throws Exception {
    Checkpoints checkpoints = checkpoints();
    write(checkpoints, 1, 1);
    Thread writer =
        new Thread(
            () -> {
              for (long step = 2; step < 60; step++) {
                write(checkpoints, step, 3);
                checkpoints.prune(2);
              }
            });
    writer.start();
    while (writer.isAlive()) {
      assertThatCode(checkpoints::steps).doesNotThrowAnyException();
    }
    writer.join();
    assertThat(checkpoints.steps()).containsExactly(58L, 59L);
  }

  @Test
  void aShardThatIsNotCommittedLeavesNothing() throws IOException {
    Checkpoints checkpoints = checkpoints();
    try (ShardWriter writer = ShardWriter.create(checkpoints.store(), LAYOUT, 5, 0, 1, 0, 2)) {
      writer.write(LAYOUT.chunks().get(0), values(LAYOUT.chunks().get(0), 0), new float[0][]);
    }
    assertThat(checkpoints.store().names()).isEmpty();
  }

  @Test
  void pruningKeepsTheNewestAndClearsHalfWrittenOnesBeforeThem() throws IOException {
    Checkpoints checkpoints = checkpoints();
    for (long step : List.of(100L, 200L, 300L, 400L)) {
      write(checkpoints, step, 2);
    }
    Files.delete(folder.resolve("step-100/manifest.json"));
    writeShards(checkpoints, 500, 2);
    checkpoints.prune(2);
    assertThat(checkpoints.steps()).containsExactly(300L, 400L);
    assertThat(folder.resolve("step-100")).doesNotExist();
    assertThat(folder.resolve("step-500")).as("is being written").isDirectory();
  }

  @Test
  void pruningNeverDeletesTheOnlyCompleteCheckpoint() {
    Checkpoints checkpoints = checkpoints();
    write(checkpoints, 100, 1);
    writeShards(checkpoints, 200, 2);
    checkpoints.prune(1);
    assertThat(checkpoints.steps()).containsExactly(100L);
    assertThatThrownBy(() -> checkpoints.prune(0)).hasMessageContaining("must be >= 1, got 0");
  }

  @Test
  void cuttingBackDeletesWhatIsLaterAndWhatIsHalfWritten() {
    Checkpoints checkpoints = checkpoints();
    write(checkpoints, 100, 1);
    write(checkpoints, 200, 1);
    writeShards(checkpoints, 300, 2);
    checkpoints.cutBackTo(100);
    assertThat(checkpoints.steps()).containsExactly(100L);
    assertThat(folder.resolve("step-200")).doesNotExist();
    assertThat(folder.resolve("step-300")).doesNotExist();
  }

  @Test
  void aChangedByteIsFoundAndTheFileAndBothChecksumsAreNamed() throws IOException {
    Checkpoints checkpoints = checkpoints();
    Manifest manifest = write(checkpoints, 400, 2);
    Path file = folder.resolve("step-400/shard-1-of-2.bin");
    byte[] bytes = Files.readAllBytes(file);
    bytes[ShardFile.HEADER_BYTES + 20] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> readAll(checkpoints, manifest))
        .isInstanceOf(CheckpointException.class)
        .hasMessageMatching(
            "checkpoint step-400: step-400/shard-1-of-2\\.bin: chunk \\d+: checksum must be"
                + " [0-9a-f]{8}, got [0-9a-f]{8}: damaged");
  }

  @Test
  void everyByteOfAFileIsGuarded() throws IOException {
    Checkpoints checkpoints = checkpoints();
    Manifest manifest = write(checkpoints, 4, 3);
    Path file = folder.resolve("step-4/shard-1-of-3.bin");
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      Files.write(file, damaged);
      assertThatThrownBy(() -> readAll(checkpoints, manifest))
          .as("byte %d", i)
          .isInstanceOf(CheckpointException.class);
    }
    Files.write(file, bytes);
    readAll(checkpoints, manifest);
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    Checkpoints checkpoints = checkpoints();
    Manifest manifest = write(checkpoints, 400, 1);
    Path file = folder.resolve("step-400/shard-0-of-1.bin");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> readAll(checkpoints, manifest))
        .hasMessage(
            "checkpoint step-400: step-400/shard-0-of-1.bin: ends too early, must have "
                + bytes.length
                + " bytes: damaged");
  }

  @Test
  void aNewerFormatIsRefusedInTheFileAndInTheManifest() throws IOException {
    Checkpoints checkpoints = checkpoints();
    Manifest manifest = write(checkpoints, 400, 1);
    Path file = folder.resolve("step-400/shard-0-of-1.bin");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(8, 3);
    Files.write(file, bytes);
    assertThatThrownBy(() -> readAll(checkpoints, manifest))
        .hasMessage(
            "checkpoint step-400: step-400/shard-0-of-1.bin: format 3 is newer than this build"
                + " reads (2..2)");
    Path json = folder.resolve("step-400/manifest.json");
    Files.writeString(json, Files.readString(json).replace("\"format\" : 2", "\"format\" : 3"));
    assertThatThrownBy(checkpoints::latest)
        .hasMessage("checkpoint step-400: format 3 is newer than this build reads (2..2)");
  }

  @Test
  void aShardOfAnotherRunIsFoundByTheManifest() throws IOException {
    Checkpoints checkpoints = checkpoints();
    Manifest manifest = write(checkpoints, 400, 1);
    Checkpoints others = new Checkpoints(new FolderStore(folder.resolve("other")));
    writeShards(others, 400, 1, 9);
    Files.copy(
        folder.resolve("other/step-400/shard-0-of-1.bin"),
        folder.resolve("step-400/shard-0-of-1.bin"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> readAll(checkpoints, manifest))
        .hasMessageContaining("footer (against the manifest): checksum must be");
  }

  @Test
  void aManifestMustCoverEveryChunkOnce() {
    Checkpoints checkpoints = checkpoints();
    Manifest manifest = write(checkpoints, 400, 3);
    assertThatThrownBy(
            () -> checkpoints.publish(manifest.with(400, 1, manifest.shards().subList(0, 2))))
        .hasMessageContaining("the shard files must hold");
    assertThatThrownBy(
            () -> checkpoints.publish(manifest.with(400, 1, manifest.shards().subList(1, 3))))
        .hasMessageContaining("must begin at chunk 0");
  }

  @Test
  void whatMayDifferOnResumeIsSaidWhereSomethingElseDiffers() {
    Map<String, Object> then = configuration(0.9, 2, 1000);
    Manifest manifest = manifest(Agreement.of(then));
    Agreement.check(manifest, Agreement.of(configuration(0.9, 7, 1000)));
    assertThatThrownBy(() -> Agreement.check(manifest, Agreement.of(configuration(0.95, 2, 1000))))
        .hasMessage(
            "checkpoint step-400: must be resumed with the same configuration, differs in"
                + " optimizer.beta1 (checkpoint: 0.9, now: 0.95); may differ: name, cluster,"
                + " checkpoint, train.validateEvery, train.gradientNorms, data.train,"
                + " data.validation,"
                + " allowDifferentFingerprint, commit, versions, fingerprint");
    assertThatThrownBy(() -> Agreement.check(manifest, Agreement.of(configuration(0.9, 2, 64))))
        .hasMessageContaining("model.chunkElements (checkpoint: 1000, now: 64)");
  }

  @Test
  void stateThatTheRuleDoesNotKeepIsRefusedByTensor() {
    Manifest manifest = manifest(Agreement.of(configuration(0.9, 2, 1000)));
    Agreement.checkState(manifest, STATE);
    assertThatThrownBy(
            () ->
                Agreement.checkState(
                    manifest,
                    Map.of(
                        "hidden.W",
                        List.of("m", "size"),
                        "hidden.b",
                        List.of("m", "size"),
                        "output.W",
                        List.of("m", "size"))))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "checkpoint step-400: must hold the state that the update rule keeps, differs in"
                + " hidden.b (checkpoint: [m], now: [m, size]); resume it with the version of"
                + " Lockstep that wrote it");
  }

  @Test
  void aShardWithAnotherNumberOfStateArraysThanTheManifestSaysIsRefused() {
    Checkpoints checkpoints = checkpoints();
    Manifest written = write(checkpoints, 400, 1);
    Manifest other =
        new Manifest(
            written.format(),
            written.step(),
            written.epoch(),
            written.configuration(),
            written.chunkElements(),
            written.tensors(),
            written.whole(),
            Map.of("hidden.W", List.of("m", "size"), "output.W", List.of("m", "size")),
            written.schedule(),
            written.gradientNoise(),
            written.training(),
            written.validation(),
            written.fingerprint(),
            written.shards());
    assertThatThrownBy(() -> readAll(checkpoints, other))
        .hasMessage(
            "checkpoint step-400: step-400/shard-0-of-1.bin: state arrays of hidden.b [] must be"
                + " 0, got 1");
  }

  private static Map<String, Object> configuration(double beta1, int workers, int chunkElements) {
    return Map.of(
        "name", "a",
        "seed", 42,
        "optimizer", Map.of("type", "adam", "beta1", beta1),
        "model",
            Map.of(
                "layers",
                List.of(Map.of("type", "dense", "units", 10)),
                "chunkElements",
                chunkElements),
        "cluster", Map.of("workers", workers),
        "train", Map.of("epochs", 5, "validateEvery", Map.of("epochs", workers)));
  }

  private Checkpoints checkpoints() {
    return new Checkpoints(new FolderStore(folder));
  }

  private static void readAll(Checkpoints checkpoints, Manifest manifest) {
    checkpoints.read(manifest, 0, LAYOUT.chunks().size(), (chunk, parameters, state) -> {});
  }

  private static Manifest write(Checkpoints checkpoints, long step, int shards) {
    Manifest manifest =
        manifest(Agreement.of(configuration(0.9, 2, 10)))
            .with(step, 3, writeShards(checkpoints, step, shards));
    checkpoints.publish(manifest);
    return manifest;
  }

  private static List<ShardEntry> writeShards(Checkpoints checkpoints, long step, int shards) {
    return writeShards(checkpoints, step, shards, 0);
  }

  private static List<ShardEntry> writeShards(
      Checkpoints checkpoints, long step, int shards, int salt) {
    List<ShardEntry> entries = new ArrayList<>();
    int next = 0;
    List<List<Chunk>> cut = LAYOUT.shards(shards);
    for (int s = 0; s < shards; s++) {
      int end = next + cut.get(s).size();
      try (ShardWriter writer =
          ShardWriter.create(checkpoints.store(), LAYOUT, step, s, shards, next, end)) {
        for (Chunk chunk : cut.get(s)) {
          writer.write(chunk, values(chunk, salt), state(chunk, salt));
        }
        entries.add(writer.commit());
      }
      next = end;
    }
    return entries;
  }

  private static float[][] state(Chunk chunk, int salt) {
    float[] moments = values(chunk, 1 + salt);
    return LAYOUT.tensorOf(chunk).role() == Role.BIAS
        ? new float[][] {moments}
        : new float[][] {moments, new float[] {chunk.index(), salt}};
  }

  private static Manifest manifest(java.util.SortedMap<String, String> configuration) {
    return new Manifest(
        Manifest.FORMAT,
        400,
        3,
        configuration,
        LAYOUT.chunkElements(),
        LAYOUT.tensors(),
        LAYOUT.whole(),
        STATE,
        List.of(0.5, Double.POSITIVE_INFINITY),
        List.of(2.5, 0.1),
        List.of(new StreamSummary(10, 0xabcL)),
        List.of(new StreamSummary(3, -1)),
        "canary",
        List.of());
  }

  private static float[] values(Chunk chunk, int array) {
    float[] values = new float[chunk.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (chunk.offset() + i) * 0.37f + array * 1000;
    }
    return values;
  }
}
