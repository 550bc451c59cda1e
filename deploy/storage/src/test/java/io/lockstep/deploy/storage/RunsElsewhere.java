package io.lockstep.deploy.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must hold on every file system: configuration, data, first weights and run directory all lie
 * there. The example {@code wine}, from weights of its own, for two epochs of five steps.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RunsElsewhere {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final String CSV = "data/tabular/wine.csv";
  private static final String YAML = "experiments/wine.yaml";
  private static final String WEIGHTS = "model.weights={file: first/model.safetensors}";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // set before the first test
  private Elsewhere elsewhere;

  private String hash = "";

  /** Starts the servers. */
  abstract Elsewhere start(Path ownFolder) throws Exception;

  @BeforeAll
  final void trainHereAndCopyThere() throws Exception {
    elsewhere = start(folder.resolve("servers"));
    elsewhere.settings().forEach(System::setProperty);
    Path here = Files.createDirectory(folder.resolve("experiments"));
    Path csv = here.resolve(CSV);
    Files.createDirectories(requireNonNull(csv.getParent()));
    Files.copy(EXAMPLES.resolve(CSV), csv);
    Path yaml = Files.copy(EXAMPLES.resolve("wine.yaml"), here.resolve("wine.yaml"));
    new Command("train", yaml.toString(), "--run-dir", here.resolve("first").toString())
        .with(List.of("train.epochs=1", "seed=1"))
        .run();
    hash = trainHere("here", settings(2, "cluster.workers=1"));
    for (String name : List.of("wine.yaml", CSV, "first/model.safetensors")) {
      put(store("experiments"), name, Files.readAllBytes(here.resolve(name)));
    }
  }

  @AfterAll
  final void stop() throws IOException {
    elsewhere.settings().keySet().forEach(System::clearProperty);
    elsewhere.close();
  }

  /** Trains in a folder here; returns the hash. */
  static String trainHere(String name, List<String> settings) throws IOException {
    String yaml = folder.resolve("experiments/wine.yaml").toString();
    String run = folder.resolve(name).toString();
    new Command("train", yaml, "--run-dir", run).with(settings).run();
    return summary(run).get("weightsSha256").asText();
  }

  /** The address of a file or folder there. */
  final String there(String name) {
    return elsewhere.root() + "/" + name;
  }

  /** Of a run that trains on from the first weights and keeps two checkpoints. */
  static List<String> settings(int epochs, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(WEIGHTS, "train.epochs=" + epochs, "checkpoint={everySteps: 4, keep: 2}"));
    settings.addAll(List.of(more));
    return settings;
  }

  /** The address of the configuration. */
  final String configuration() {
    return there(YAML);
  }

  final CheckpointStore store(String name) {
    return Storage.here().checkpoints(there(name));
  }

  private static void put(CheckpointStore store, String name, byte[] bytes) throws IOException {
    try (CheckpointStore.Writing writing = store.create(name)) {
      writing.write(ByteBuffer.wrap(bytes));
      writing.commit();
    }
  }

  static JsonNode summary(String run) throws IOException {
    return new ObjectMapper().readTree(text(run + "/summary.json"));
  }

  private static String text(String file) throws IOException {
    try (InputStream in = Storage.here().open(Location.of(file))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** Goes on with a run that has failed, on two workers; it must end as if it had not. */
  final void resume(String run, int epochs, String expected, String... more) throws IOException {
    new Command("train", configuration(), "--run-dir", run, "--resume")
        .with(settings(epochs, more))
        .run();
    assertThat(summary(run).get("weightsSha256").asText()).isEqualTo(expected);
    List<Integer> steps = new ArrayList<>();
    for (String line : text(run + "/steps.jsonl").lines().toList()) {
      steps.add(new ObjectMapper().readTree(line).get("step").asInt());
    }
    assertThat(steps).hasSize(epochs * 5).doesNotHaveDuplicates().isSorted();
  }

  @Test
  final void aRunWithEverythingThereHasTheHashOfOneHere() throws IOException {
    String run = there("runs/wine");
    new Command("train", configuration(), "--run-dir", run)
        .with(settings(2, "cluster.workers=2", "cluster.servers=2", "cluster.placement=workers"))
        .run();
    JsonNode summary = summary(run);
    assertThat(summary.get("weightsSha256").asText()).isEqualTo(hash);
    assertThat(summary.get("workers").asInt()).isEqualTo(2);
    assertThat(store("runs/wine/checkpoints").names())
        .as("the one of step 4 is gone")
        .containsExactly(
            "step-10/manifest.json",
            "step-10/shard-0-of-2.bin",
            "step-10/shard-1-of-2.bin",
            "step-8/manifest.json",
            "step-8/shard-0-of-2.bin",
            "step-8/shard-1-of-2.bin");
    assertThat(store("runs/wine").names())
        .contains("config.yaml", "model.safetensors", "steps.jsonl", "summary.json")
        .noneMatch(name -> name.endsWith(".part"));

    assertThat(new Command("evaluate", run).run().lines().map(line -> line.replaceAll(" +", " ")))
        .contains("loss " + summary.get("validationLoss").asText());
    Path predictions = folder.resolve("predictions.csv");
    new Command(
            "predict",
            run,
            "--data",
            there("experiments/" + CSV),
            "--output",
            predictions.toString())
        .run();
    assertThat(predictions).content(UTF_8).hasLineCount(179);
    assertThat(new Command("diff", run, folder.resolve("here").toString()).run())
        .contains("the runs have the same bits");
  }

  @Test
  final void aKilledRunGoesOnFromThere() throws Exception {
    String run = there("runs/killed");
    Path log = folder.resolve("killed.log");
    Process process = start(log, configuration(), run, settings(2));
    assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(137);
    Checkpoints checkpoints = new Checkpoints(store("runs/killed/checkpoints"));
    assertThat(checkpoints.steps()).containsExactly(0L, 4L);
    assertThat(store("runs/killed").names()).contains("steps.jsonl").doesNotContain("summary.json");
    put(checkpoints.store(), "step-7/shard-0-of-1.bin", new byte[1000]);

    resume(run, 2, hash);
    assertThat(checkpoints.steps()).containsExactly(8L, 10L);
    assertThat(checkpoints.store().names()).noneMatch(name -> name.startsWith("step-7/"));
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .as("what the killed process had here")
          .noneMatch(name -> name.startsWith("lockstep-run-" + process.pid() + "-"));
    }
  }

  private Process start(Path log, String configuration, String run, List<String> settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    elsewhere.settings().forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KilledRun.class.getName(), configuration, run));
    command.addAll(settings);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  @Test
  final void whatAWriterLeavesWhoIsKilledIsNoCheckpoint() throws IOException {
    Checkpoints checkpoints = new Checkpoints(store("runs/half"));
    put(checkpoints.store(), "step-3/shard-0-of-1.bin", new byte[1000]);
    CheckpointStore.Writing killed = checkpoints.store().create("step-3/manifest.json");
    killed.write(ByteBuffer.wrap("{\"format\": 2".getBytes(UTF_8)));
    assertThat(checkpoints.steps()).isEmpty();
    assertThat(checkpoints.latest()).isEmpty();
    checkpoints.cutBackTo(0);
    assertThat(checkpoints.store().names()).isEmpty();
  }
}
