package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.checkpoint.CheckpointException;
import io.lockstep.common.checkpoint.Checkpoints;
import io.lockstep.common.checkpoint.FolderStore;
import io.lockstep.common.checkpoint.Manifest;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.report.RunListener;
import io.lockstep.driver.report.SafetensorsReader;
import io.lockstep.driver.report.Summary;
import io.lockstep.worker.engine.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that begin with the weights of an earlier one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NamedWeightsRunTest {
  /** The hidden layer under another name and in a block, the last one of another size. */
  private static final String TUNED =
      """
      model:
        chunkElements: 100
        input: [64]
        layers:
          - {type: dense, name: hidden, units: 16, activation: relu}
          - {type: residual, name: body, layers: [{type: dense, name: one, units: 16}]}
          - {type: dense, name: top, units: 4}
      """;

  private static final String SEEN =
      """
      model:
        chunkElements: 100
        input: [1, 8, 8]
        layers:
          - {type: flatten}
          - {type: dense, name: code, units: 12, activation: tanh}
          - {type: dense, name: decoded, units: 64, activation: sigmoid}
          - {type: reshape, name: made, shape: [1, 8, 8]}
          - {type: conv2d, name: seen, filters: 5, kernel: 3, activation: relu, frozen: true, weights: {file: FILE, layer: filters}}
          - {type: conv2d, name: wanted, filters: 5, kernel: 3, activation: relu, frozen: true, share: seen, inputs: [input]}
      """;

  private static final String ADAM = "optimizer: {type: adam, learningRate: 0.01}\n";

  @SuppressWarnings("NullAway.Init") // set before the tests
  private RunCase runs;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private String data;

  @SuppressWarnings("NullAway.Init") // set before the tests
  private Path weights;

  @BeforeAll
  void trainTheFirstRun(@TempDir Path folder) {
    runs = new RunCase(folder);
    data = runs.idx("source", RunCase.inOrder());
    Path first = runs.newDirectory();
    RunCase.run(
        RunCase.configuration(data, RunCase.MLP, RunCase.SGD, "train.steps=4"),
        first,
        RunListener.NONE);
    weights = first.resolve("model.safetensors");
  }

  private String ofModel() {
    return "model.weights={file: " + weights + "}";
  }

  private RunConfiguration tuned(String... set) {
    return RunCase.configuration(
        data,
        TUNED,
        RunCase.LAMB,
        Stream.concat(Stream.of("train.steps=4"), Stream.of(set)).toArray(String[]::new));
  }

  @Test
  void tensorsOfTheFileBeginAsThereAndTheOthersAsTheirInitialisersSay() throws IOException {
    RunConfiguration configuration = tuned(ofModel());
    Path path = runs.newDirectory();
    RunCase.run(configuration, path, RunListener.NONE);
    Map<String, float[]> begun = checkpoint(path, 0);
    Map<String, float[]> file = tensors(weights);
    assertThat(begun.get("hidden.W")).containsExactly(file.get("hidden.W"));
    assertThat(begun.get("hidden.b")).containsExactly(file.get("hidden.b"));
    Network network = Network.of(configuration);
    float[] top = new float[16 * 4];
    network.initialize(configuration.seed(), 4, 0, top, 0, top.length);
    assertThat(network.tensors().get(4).name()).isEqualTo("top.W");
    assertThat(begun.get("top.W")).containsExactly(top);
    assertThat(tensors(path.resolve("model.safetensors")).get("hidden.W"))
        .isNotEqualTo(file.get("hidden.W"));
  }

  @ParameterizedTest
  @CsvSource({"2, 1, driver", "4, 3, workers"})
  void theHashIsTheSameOnEveryCluster(int workers, int servers, String placement) {
    String plain = runs.run(tuned(ofModel())).weightsSha256();
    Summary other =
        runs.run(
            tuned(
                ofModel(),
                "cluster.workers=" + workers,
                "cluster.servers=" + servers,
                "cluster.placement=" + placement));
    assertThat(other.weightsSha256()).isEqualTo(plain);
    assertThat(runs.run(tuned()).weightsSha256()).isNotEqualTo(plain);
  }

  @Test
  void aFrozenLayerOrBlockStaysWhatItIsInTheFile() throws IOException {
    Path first = runs.newDirectory();
    RunCase.run(tuned(), first, RunListener.NONE);
    Path model = first.resolve("model.safetensors");
    Path path = runs.newDirectory();
    RunCase.run(
        tuned(
            "seed=7",
            "cluster.workers=2",
            "model.layers[0].name=other",
            "model.layers[0].frozen=true",
            "model.layers[0].weights={file: " + model + ", layer: hidden}",
            "model.layers[1].name=middle",
            "model.layers[1].frozen=true",
            "model.layers[1].weights={file: " + model + ", layer: body}"),
        path,
        RunListener.NONE);
    Map<String, float[]> file = tensors(model);
    Map<String, float[]> trained = tensors(path.resolve("model.safetensors"));
    assertThat(trained.get("other.W")).containsExactly(file.get("hidden.W"));
    assertThat(trained.get("other.b")).containsExactly(file.get("hidden.b"));
    assertThat(trained.get("middle.one.W")).containsExactly(file.get("body.one.W"));
    assertThat(trained.get("top.W")).isNotEqualTo(file.get("top.W"));
  }

  @Test
  void aRunThatLostAllButItsFirstCheckpointResumesWithoutReadingTheFile() throws IOException {
    Path copy = Files.copy(weights, runs.newDirectory().resolveSibling("copy.safetensors"));
    String named = "model.weights={file: " + copy + "}";
    Path path = runs.newDirectory();
    Summary plain = RunCase.run(tuned(named), path, RunListener.NONE);
    for (String step : List.of("step-3", "step-4")) {
      Files.delete(path.resolve("checkpoints/" + step + "/manifest.json"));
    }
    Files.delete(path.resolve("summary.json"));
    Files.delete(copy);
    assertThat(RunCase.resume(tuned(named, "cluster.workers=2"), path).weightsSha256())
        .isEqualTo(plain.weightsSha256());
  }

  @Test
  void aRunIsNotResumedWithOtherWeights() {
    Path path = runs.newDirectory();
    String hash = "model.weights.sha256=";
    RunCase.run(tuned(ofModel()), path, RunListener.NONE);
    assertThatThrownBy(() -> RunCase.resume(tuned(ofModel(), hash + "ab"), path))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("model.weights.sha256 (checkpoint: absent, now: ab)");
  }

  @Test
  void anAutoencoderLearnsBeforeTheEyesOfAFrozenNetwork() throws IOException {
    Path eyes = runs.newDirectory();
    RunCase.run(RunCase.configuration(data, RunCase.CNN, RunCase.SGD), eyes, RunListener.NONE);
    Path file = eyes.resolve("model.safetensors");
    String images =
        data.replaceFirst(", labels: [^}]*}", "}").replace("{classes: 4}", "{none: true}");
    String[] set = {"loss={type: mse, output: seen, target: wanted}", "train.steps=60"};
    Path path = runs.newDirectory();
    Summary plain =
        RunCase.run(
            RunCase.configuration(images, SEEN.replace("FILE", file.toString()), ADAM, set),
            path,
            RunListener.NONE);
    List<String> steps = Files.readAllLines(path.resolve("steps.jsonl"));
    assertThat(loss(steps.get(59))).isLessThan(0.9 * loss(steps.get(0)));
    assertThat(tensors(path.resolve("model.safetensors")).get("seen.W"))
        .containsExactly(tensors(file).get("filters.W"));
    Summary other =
        runs.run(
            RunCase.configuration(
                images,
                SEEN.replace("FILE", file.toString()),
                ADAM,
                Stream.concat(Stream.of(set), Stream.of("cluster.workers=3"))
                    .toArray(String[]::new)));
    assertThat(other.weightsSha256()).isEqualTo(plain.weightsSha256());
  }

  private static double loss(String step) throws IOException {
    return new ObjectMapper().readTree(step).get("loss").asDouble();
  }

  @Test
  void theResolvedConfigurationHasTheFilesPlaceAndHash(@TempDir Path folder) throws IOException {
    Path file = write(folder);
    RunConfiguration run =
        ConfigurationFile.load(file, List.of("model.weights={file: first.safetensors}"));
    Map<String, ?> section = run.model().weights().plain();
    assertThat(section.get("file")).isEqualTo(folder.resolve("first.safetensors").toString());
    assertThat((String) section.get("sha256")).matches("[0-9a-f]{64}");
    Path resolved = Files.writeString(folder.resolve("config.yaml"), run.toYaml());
    assertThat(ConfigurationFile.load(resolved, List.of()).toYaml()).isEqualTo(run.toYaml());

    Files.write(folder.resolve("first.safetensors"), new byte[] {1});
    assertThatThrownBy(() -> ConfigurationFile.load(resolved, List.of()))
        .hasMessageContaining("model.weights.sha256 must be that of " + section.get("file"))
        .hasMessageContaining("bring back the file that was there, or leave sha256 out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          weights={file: none.safetensors} | weights.file must be a safetensors file that is there, got
          weights={file: config.yaml} | must be a safetensors file of float32 tensors without gaps
          weights={path: first.safetensors} | unknown key 'model.weights.path'
          weights={file: first.safetensors, layer: a} | unknown key 'model.weights.layer'
          weights={layer: a} | unknown key 'model.weights.layer'
          layers[0]={type: flatten, weights: {file: first.safetensors}} | model.layers[0].weights must not be there, because the layer has no tensors
          layers[0].weights={file: first.safetensors, layer: hiden} | layers[0].weights.file must hold the tensor hiden.W; layers there: hidden, output; name one of them with layer, got
          layers[1].weights={file: first.safetensors, layer: hidden} | layers[1].weights.file must hold hidden.W in the shape of top.W, [16, 4], it is [64, 16] there; give the layer the size
          """)
  void whatDoesNotFitIsRefusedWithTheWayOut(String setting, String message, @TempDir Path folder)
      throws IOException {
    Path file = write(folder);
    assertThatThrownBy(() -> ConfigurationFile.load(file, List.of("model." + setting)))
        .hasMessageContaining(message);
  }

  @Test
  void aFileOfWhichTheModelHasNothingIsRefused(@TempDir Path folder) throws IOException {
    Path file = write(folder);
    List<String> set =
        List.of("model.layers[0].name=other", "model.weights={file: first.safetensors}");
    assertThatThrownBy(() -> ConfigurationFile.load(file, set))
        .hasMessageContaining(
            "model.weights.file must hold a tensor of the model's, other.W, other.b, top.W, top.b,"
                + " it holds hidden.W, hidden.b, output.W, output.b; name the layers as there");
  }

  @Test
  void whoseTensorsAreSharedHasNoWeightsOfItsOwn() {
    assertThatThrownBy(
            () ->
                Network.of(
                    tuned(
                        "model.layers[2]={type: dense, units: 4, share: hidden,"
                            + " weights: {file: a}}")))
        .hasMessageContaining("model.layers[2].weights must not be there beside share");
  }

  /** A configuration beside the first run's weights. */
  private Path write(Path folder) throws IOException {
    Files.copy(weights, folder.resolve("first.safetensors"));
    return Files.writeString(
        folder.resolve("config.yaml"),
        """
        data:
          train: {format: csv, path: rows.csv, label: class}
          labels: {classes: 4}
        model:
          input: [64]
          layers:
            - {type: dense, name: hidden, units: 16}
            - {type: dense, name: top, units: 4}
        loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
        optimizer: {type: sgd, learningRate: 0.1}
        batch: {size: 8, slice: 8}
        train: {epochs: 1}
        """);
  }

  private static Map<String, float[]> tensors(Path file) {
    Map<String, float[]> values = new HashMap<>();
    try (SafetensorsReader reader = new SafetensorsReader(file)) {
      for (SafetensorsReader.Tensor tensor : reader.tensors()) {
        float[] target = new float[(int) tensor.size()];
        reader.read(tensor.offset(), target, 0, target.length);
        values.put(tensor.name(), target);
      }
    }
    return values;
  }

  private static Map<String, float[]> checkpoint(Path run, long step) {
    Checkpoints checkpoints = new Checkpoints(new FolderStore(run.resolve("checkpoints")));
    Manifest manifest = checkpoints.manifest(step);
    Map<String, float[]> values = new HashMap<>();
    manifest.tensors().forEach(tensor -> values.put(tensor.name(), new float[tensor.size()]));
    checkpoints.read(
        manifest,
        0,
        manifest.layout().chunks().size(),
        (chunk, parameters, state) ->
            System.arraycopy(
                parameters,
                0,
                Objects.requireNonNull(values.get(manifest.tensors().get(chunk.tensor()).name())),
                chunk.tensorOffset(),
                chunk.length()));
    return values;
  }
}
