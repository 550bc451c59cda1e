package io.lockstep.driver.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lockstep.common.checkpoint.CheckpointStore;
import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.data.DataException;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.tokenizer.Tokenizer;
import io.lockstep.common.tokenizer.Tokenizers;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Mirror;
import io.lockstep.driver.storage.Storage;
import io.lockstep.driver.storage.WorkingFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run. A listener: it writes down the steps and validations that it is told of.
 *
 * <pre>
 * config.yaml          the resolved configuration, with commit, versions, fingerprint
 * steps.jsonl          one object a step
 * validation.jsonl     one object a validation
 * checkpoints/         see io.lockstep.common.checkpoint
 * logs/                what Spark, Akka and Lockstep log
 * summary.json         what came out
 * model.safetensors    the weights
 * average.safetensors  the average of the weights, where one is kept
 * data.json            columns, classes and scaling, for predictions
 * </pre>
 *
 * <p>Where it is on another file system of Hadoop's than the local one, checkpoints are written
 * there at once, and everything else here, to be carried there before every checkpoint and at the
 * end: object stores cannot append.
 */
public final class RunDirectory implements RunListener, AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String SUMMARY = "summary.json";
  private static final String CHECKPOINTS = "checkpoints";
  private static final String LOGS = "logs";

  private final Path path;
  private final Location place;
  private final Storage storage;
  private final @Nullable WorkingFolder work;
  private final @Nullable Mirror mirror;
  private final JsonLines steps;
  private final JsonLines validations;

  private boolean written;

  private RunDirectory(Location place, Storage storage) {
    this.place = place;
    this.storage = storage;
    this.work = place.isLocal() ? null : WorkingFolder.create();
    this.path = work == null ? place.path() : work.path();
    this.mirror = work == null ? null : new Mirror(storage, place, path);
    this.steps = new JsonLines(stepsFile());
    this.validations = new JsonLines(validationFile());
  }

  /** As the other form, for a local folder. */
  public static RunDirectory create(Path path) {
    return create(path.toString(), Storage.here());
  }

  /**
   * A new run's folder, made where it is missing.
   *
   * @param place a path, or an address on another file system of Hadoop's
   * @param storage the way there
   * @throws ConfigurationException where it exists and is not empty
   */
  public static RunDirectory create(String place, Storage storage) {
    RunDirectory directory = new RunDirectory(Location.of(place), storage);
    try {
      if (directory.place.isLocal()) {
        refuseFullFolder(directory.path, place);
      } else {
        directory.refuseFullPlace();
      }
      if (directory.place.isLocal()) {
        Files.createDirectories(directory.path.resolve(CHECKPOINTS));
      }
      Files.createDirectories(directory.logs());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the run directory " + place, e);
    }
    directory.written = true;
    return directory;
  }

  private static void refuseFullFolder(Path path, String shown) throws IOException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw noFolder(shown);
    }
    if (Files.isDirectory(path)) {
      try (Stream<Path> entries = Files.list(path)) {
        if (entries.findAny().isPresent()) {
          throw full(shown);
        }
      }
    }
  }

  private void refuseFullPlace() throws IOException {
    boolean isFile = storage.isFile(place);
    if (isFile || !Objects.requireNonNull(mirror).names().isEmpty()) {
      removeWorkingFolder();
      throw isFile ? noFolder(place.toString()) : full(place.toString());
    }
  }

  private static ConfigurationException noFolder(String shown) {
    return new ConfigurationException(
        "the run directory must be a folder, got the file " + shown + "; choose another");
  }

  private static ConfigurationException full(String shown) {
    return new ConfigurationException(
        "the run directory must be empty, got "
            + shown
            + "; choose another, or go on with its run by 'train --resume'");
  }

  /** As the other form, for a local folder. */
  public static RunDirectory open(Path path) {
    return open(path.toString(), Storage.here());
  }

  /**
   * The folder of a run that began before. From another file system its files are fetched, but for
   * checkpoints and logs.
   *
   * @param place a path, or an address on another file system of Hadoop's
   * @param storage the way there
   * @throws ConfigurationException where there is none
   */
  public static RunDirectory open(String place, Storage storage) {
    RunDirectory directory = new RunDirectory(Location.of(place), storage);
    directory.fetch();
    if (!Files.isRegularFile(directory.configurationFile())) {
      directory.removeWorkingFolder();
      throw new ConfigurationException(
          "a run directory must have a config.yaml, got "
              + place
              + "; name the folder that 'lockstep train' printed");
    }
    return directory;
  }

  /**
   * Whether a place is the folder of a run that began.
   *
   * @param place a path, or an address on another file system of Hadoop's
   * @param storage the way there
   */
  public static boolean holdsRun(String place, Storage storage) {
    try {
      return storage.isFile(Location.of(place + "/config.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look into the run directory " + place, e);
    }
  }

  private void fetch() {
    if (mirror != null) {
      try {
        mirror.fetch(name -> !name.startsWith(CHECKPOINTS + "/") && !name.startsWith(LOGS + "/"));
        Files.createDirectories(logs());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot fetch the run directory " + place, e);
      }
    }
  }

  /**
   * Carries everything but checkpoints, which are written there at once, to where the run directory
   * is; does nothing where that is local.
   */
  public void carry() {
    if (mirror != null) {
      try {
        mirror.carry(SUMMARY);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "cannot carry the run directory to " + place + "; it is still in " + path, e);
      }
    }
  }

  /** Where it is, as a user would write it: a path, or an address. */
  public String place() {
    return place.toString();
  }

  /** Whether it is a local folder, and no copy of one. */
  public boolean isLocal() {
    return mirror == null;
  }

  /** The local folder; where the run directory is elsewhere, one to work in until it is closed. */
  public Path path() {
    return path;
  }

  /** The file of the resolved configuration. */
  public Path configurationFile() {
    return path.resolve("config.yaml");
  }

  /** The file with one object a step. */
  public Path stepsFile() {
    return path.resolve("steps.jsonl");
  }

  /** The file with one object a validation. */
  public Path validationFile() {
    return path.resolve("validation.jsonl");
  }

  /** The checkpoints, where they are. */
  public CheckpointStore checkpoints() {
    return storage.checkpoints(checkpointsPlace());
  }

  /** The folder of checkpoints, for {@link Storage#checkpoints} of other processes. */
  public String checkpointsPlace() {
    return place.resolve(CHECKPOINTS).toString();
  }

  /** The folder of logs. */
  public Path logs() {
    return path.resolve(LOGS);
  }

  /** The file of the weights. */
  public Path modelFile() {
    return path.resolve("model.safetensors");
  }

  /** The file of the average of the weights; only where one is kept. */
  public Path averageFile() {
    return path.resolve("average.safetensors");
  }

  /** The file of what prediction must know about the data: columns, classes, scaling. */
  public Path dataFile() {
    return path.resolve("data.json");
  }

  /** The file of what makes tokens of text, where the data are text. */
  public Path tokenizerFile() {
    return path.resolve("tokenizer.json");
  }

  /** The file of what came out. */
  public Path summaryFile() {
    return path.resolve(SUMMARY);
  }

  /** The configuration as the run wrote it down. */
  public RunConfiguration configuration() {
    return configuration(List.of());
  }

  /** As {@link #configuration()}, with settings put over it, {@code key=value} each. */
  public RunConfiguration configuration(List<String> settings) {
    try {
      return RunConfiguration.parse(
          Files.readString(configurationFile()), configurationFile().toString(), settings);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + configurationFile(), e);
    }
  }

  /**
   * Writes the resolved configuration.
   *
   * @param fingerprint of what computes this run; empty until it is known
   */
  public void writeConfiguration(RunConfiguration configuration, String fingerprint) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("commit", Build.commit());
    record.put("versions", Build.versions());
    record.put("fingerprint", fingerprint);
    writeAtomically(configurationFile(), configuration.withRecord(record).toYaml());
  }

  @Override
  public void step(StepRecord step) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("step", step.step());
    object.put("epoch", step.epoch());
    object.put("loss", step.loss());
    object.put("learningRate", step.learningRate());
    object.put("gradientNorm", finiteOrNull(step.gradientNorm()));
    if (!step.gradientNorms().isEmpty()) {
      Map<String, @Nullable Double> norms = new LinkedHashMap<>();
      step.gradientNorms().forEach((tensor, norm) -> norms.put(tensor, finiteOrNull(norm)));
      object.put("gradientNorms", norms);
    }
    object.put("gradientNoiseScale", knownOrNull(step.noise().scale()));
    object.put("gradientNoiseTrace", knownOrNull(step.noise().trace()));
    object.put("gradientSquare", knownOrNull(step.noise().square()));
    object.put("examplesPerSecond", step.examplesPerSecond());
    object.put("seconds", step.seconds());
    object.put("computeSeconds", step.computeSeconds());
    object.put("sendSeconds", step.sendSeconds());
    object.put("waitSeconds", step.waitSeconds());
    object.put("sentBytes", step.sentBytes());
    object.put("receivedBytes", step.receivedBytes());
    ScaledStep scaled = step.scaled();
    if (scaled != null) {
      object.put("lossScale", scaled.lossScale());
      object.put("skipped", scaled.skipped());
    }
    steps.append(object);
  }

  private static @Nullable Double finiteOrNull(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static @Nullable Double knownOrNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  @Override
  public void validation(ValidationRecord validation) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("step", validation.step());
    object.put("epoch", validation.epoch());
    object.put("examples", validation.examples());
    object.put("loss", validation.loss());
    object.putAll(validation.metrics());
    object.putAll(validation.lists());
    validation.average().ifPresent(average -> object.put("average", average.plain("loss")));
    object.put("seconds", validation.seconds());
    validations.append(object);
  }

  @Override
  public void cutBack(long step) {
    written = true;
    steps.cutBack(step);
    validations.cutBack(step - 1);
  }

  /**
   * The mean loss of the last epoch's steps, by what is written down: the same with crashes and
   * resumes as without. NaN where there is no step.
   */
  public double lastEpochLoss() {
    return steps.meanOfLast("loss", "epoch");
  }

  /** Steps that a loss scale skipped, by what is written down. */
  public long skippedSteps() {
    return steps.count("skipped");
  }

  /** Writes what the data are, as far as prediction must know it. */
  public void writeDescription(DataDescription description) {
    Tokenizer tokenizer = description.tokenizer();
    if (tokenizer != null) {
      writeAtomically(tokenizerFile(), tokenizer.toJson());
    }
    writeAtomically(dataFile(), description.toJson());
  }

  /**
   * The tokenizer of the run's text; empty where none was written.
   *
   * @throws DataException where the file is damaged
   */
  public Optional<Tokenizer> tokenizer() {
    if (!Files.exists(tokenizerFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(Tokenizers.fromJson(Files.readString(tokenizerFile())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + tokenizerFile(), e);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          tokenizerFile()
              + ": must be the tokenizer of a run, but cannot be read: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * What the data were.
   *
   * @throws ConfigurationException where the run has not read its data yet
   */
  public DataDescription description() {
    if (!Files.exists(dataFile())) {
      throw new ConfigurationException(
          "there is nothing to predict with yet: "
              + dataFile()
              + " does not exist; the run must be"
              + " done");
    }
    try {
      return DataDescription.fromJson(Files.readString(dataFile()), dataFile().toString())
          .withTokenizer(tokenizer().orElse(null));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + dataFile(), e);
    }
  }

  /**
   * Begins the file of the weights.
   *
   * @param tensors in layout order
   */
  public SafetensorsWriter writeModel(List<TensorSpec> tensors) {
    return new SafetensorsWriter(modelFile(), tensors, Map.of("format", "pt"));
  }

  /**
   * Begins the file of the average of the weights.
   *
   * @param tensors in layout order
   */
  public SafetensorsWriter writeAverage(List<TensorSpec> tensors) {
    return new SafetensorsWriter(averageFile(), tensors, Map.of("format", "pt"));
  }

  /** Writes what came out. */
  public void writeSummary(Summary summary) {
    try {
      writeAtomically(summaryFile(), JSON.writeValueAsString(summary.plain()) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a summary of texts and numbers can be written", e);
    }
  }

  /** Removes all checkpoints: of a run that nobody will go on with. */
  public void deleteCheckpoints() {
    CheckpointStore store = checkpoints();
    try {
      for (String name : store.names()) {
        store.delete(name);
      }
      Files.deleteIfExists(path.resolve(CHECKPOINTS));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + store, e);
    }
  }

  private static void writeAtomically(Path file, String text) {
    Path aside = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.writeString(aside, text, StandardCharsets.UTF_8);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /**
   * Closes the files. What was written of a run directory that is elsewhere is carried there, and
   * the local folder removed, or kept where it cannot be carried.
   */
  @Override
  public void close() {
    steps.close();
    validations.close();
    if (written) {
      try {
        carry();
      } catch (UncheckedIOException e) {
        keepWorkingFolder();
        throw e;
      }
    }
    removeWorkingFolder();
  }

  private void keepWorkingFolder() {
    if (work != null) {
      work.keep();
    }
  }

  private void removeWorkingFolder() {
    if (work != null) {
      work.close();
    }
  }
}
