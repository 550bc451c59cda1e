package io.lockstep.common.config;

import io.lockstep.common.config.ConfigNode.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a run is told. Immutable; travels to executors as the text of {@link #toYaml}.
 * {@link #parse} checks all that needs neither data nor the registries of layers, losses and
 * sources, which their owners check.
 *
 * @param name names the run and its folder
 * @param seed of every random number
 * @param data where examples come from
 * @param model the network
 * @param loss what is made small, with its {@code type}
 * @param metrics what a validation measures beside the loss, each with its {@code type}; empty for
 *     what is usual for the loss
 * @param optimizer the update rule, with its {@code type}, without {@code learningRate}
 * @param learningRate the rate that the schedule starts from, {@code optimizer.learningRate}
 * @param schedule how the rate changes, with its {@code type}
 * @param clip how gradients are clipped, with its {@code type}; empty for not at all
 * @param wire the way of gradients to the servers
 * @param average which average of the weights is kept beside them, with its {@code type}; empty for
 *     none
 * @param batch the batch of a step
 * @param train how long training goes on
 * @param cluster what it runs on
 * @param checkpoint how often the state is written
 * @param allowDifferentFingerprint whether a process that computes other bits may take part
 * @param record what a run wrote down about itself, such as its commit; empty before it runs
 */
public record RunConfiguration(
    String name,
    long seed,
    DataSection data,
    ModelSection model,
    Options loss,
    List<Options> metrics,
    Options optimizer,
    double learningRate,
    Options schedule,
    Options clip,
    WireSection wire,
    Options average,
    BatchSection batch,
    TrainSection train,
    ClusterSection cluster,
    CheckpointSection checkpoint,
    boolean allowDifferentFingerprint,
    Map<String, @Nullable Object> record) {
  private static final Pattern FOLDER_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  /** The run's name. */
  public static final Key<String> NAME =
      Key.text("name", "run", "names the run and its folder; letters, digits, '.', '_', '-'");

  /** The seed. */
  public static final Key<Long> SEED =
      Key.longInteger("seed", 0, Range.FINITE, "of every random number; another seed, other bits");

  /** Where examples come from. */
  public static final Key<Options> DATA =
      Key.section("data", "where examples come from").required();

  /** The network. */
  public static final Key<Options> MODEL = Key.section("model", "the network").required();

  /** What is made small. */
  public static final Key<Options> LOSS =
      Key.section("loss", "what is made small, with its type").required();

  /** What a validation measures beside the loss. */
  public static final Key<List<Options>> METRICS =
      Key.namedSections(
          "metrics",
          "what a validation measures beside the loss; what is usual for the loss without it");

  /** The update rule. */
  public static final Key<Options> OPTIMIZER =
      Key.section("optimizer", "the update rule, with its type").required();

  /** The rate that the schedule starts from; a key of the section {@code optimizer}. */
  public static final Key<Double> LEARNING_RATE =
      Key.number(
              "learningRate",
              0,
              Range.NOT_NEGATIVE,
              "the learning rate that the schedule starts from")
          .required();

  /** How the rate changes. */
  public static final Key<Options> SCHEDULE =
      Key.section("schedule", "how the learning rate changes, with its type; constant without it");

  /** How gradients are clipped. */
  public static final Key<Options> CLIP =
      Key.section("clip", "how gradients are clipped, with its type; not at all without it");

  /** The way of gradients. */
  public static final Key<Options> WIRE =
      Key.section("wire", "the form in which gradients travel; as they are without it");

  /** Which average of the weights is kept. */
  public static final Key<Options> AVERAGE =
      Key.section(
          "average",
          "which average of the weights is kept and evaluated beside them, with its type; none"
              + " without it");

  /** The batch of a step. */
  public static final Key<Options> BATCH = Key.section("batch", "the batch of a step").required();

  /** How long training goes on. */
  public static final Key<Options> TRAIN =
      Key.section("train", "how long training goes on").required();

  /** What it runs on. */
  public static final Key<Options> CLUSTER = Key.section("cluster", "what it runs on");

  /** How often the state is written. */
  public static final Key<Options> CHECKPOINT =
      Key.section("checkpoint", "how often the state is written");

  /** Whether other bits are allowed. */
  public static final Key<Boolean> ALLOW_DIFFERENT_FINGERPRINT =
      Key.flag(
          "allowDifferentFingerprint",
          false,
          "lets a process take part that computes other bits; the run is then not reproducible");

  /** What a run writes down about itself in its own folder; read back, not acted upon. */
  static final List<Key<?>> RECORD =
      List.of(
          Key.text("commit", "", "the source's commit"),
          Key.section("versions", "of Lockstep and what it stands on"),
          Key.text("fingerprint", "", "of the run's first process"));

  /** The keys at the top. */
  public static final List<Key<?>> KEYS =
      List.of(
          NAME,
          SEED,
          DATA,
          MODEL,
          LOSS,
          METRICS,
          OPTIMIZER,
          SCHEDULE,
          CLIP,
          WIRE,
          AVERAGE,
          BATCH,
          TRAIN,
          CLUSTER,
          CHECKPOINT,
          ALLOW_DIFFERENT_FINGERPRINT);

  /** Copies the metrics and the record. */
  public RunConfiguration {
    metrics = List.copyOf(metrics);
    record = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(record));
  }

  /**
   * Reads and checks a configuration.
   *
   * @param yaml the text
   * @param source the name of its file, for errors
   * @throws ConfigurationException naming the place, the rule, the value and the way out
   */
  public static RunConfiguration parse(String yaml, String source) {
    return parse(yaml, source, List.of());
  }

  /**
   * As {@link #parse(String, String)}, with settings of the command line put over the text. Setting
   * {@code train.epochs} removes {@code train.steps}, and the other way round.
   *
   * @param settings {@code key=value} each, the value as YAML; later ones win
   */
  public static RunConfiguration parse(String yaml, String source, List<String> settings) {
    if (!(YamlReader.read(yaml, source) instanceof Section top)) {
      throw new ConfigurationException(
          "the configuration must be a section (key: value) (" + new Place(source, 1) + ")");
    }
    Options options = new Options("", top);
    for (String setting : settings) {
      options = Settings.apply(options, setting);
    }
    return read(options);
  }

  private static RunConfiguration read(Options top) {
    Options settings = top;
    for (Key<?> key : RECORD) {
      settings = settings.without(key.name());
    }
    settings.allowOnly(KEYS);
    if (!FOLDER_NAME.matcher(top.get(NAME)).matches()) {
      throw top.error(NAME, "must be letters, digits, '.', '_' or '-', a letter or digit first");
    }
    DataSection data = DataSection.read(top.get(DATA));
    ModelSection model = ModelSection.read(top.get(MODEL));
    BatchSection batch = BatchSection.read(top.get(BATCH));
    Options optimizer = top.get(OPTIMIZER);
    var record = new LinkedHashMap<String, @Nullable Object>();
    RECORD.stream()
        .filter(top::has)
        .forEach(key -> record.put(key.name(), top.plain().get(key.name())));
    return new RunConfiguration(
        top.get(NAME),
        top.get(SEED),
        data,
        model,
        top.get(LOSS),
        top.get(METRICS),
        optimizer.without(LEARNING_RATE.name()),
        optimizer.get(LEARNING_RATE),
        top.has(SCHEDULE) ? top.get(SCHEDULE) : Options.of("schedule", Map.of("type", "constant")),
        top.get(CLIP),
        WireSection.read(top.get(WIRE)),
        top.get(AVERAGE),
        batch,
        TrainSection.read(top.get(TRAIN), data.hasValidation()),
        ClusterSection.read(top.get(CLUSTER), batch),
        CheckpointSection.read(top.get(CHECKPOINT)),
        top.get(ALLOW_DIFFERENT_FINGERPRINT),
        record);
  }

  /** The resolved form: every section in a stable order, defaults filled in; parses to an equal. */
  public String toYaml() {
    return YamlWriter.write(plain());
  }

  /** The resolved form as plain Java: maps in a stable order, lists, texts, numbers. */
  public Map<String, @Nullable Object> plain() {
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    plain.put(NAME.name(), name);
    plain.put(SEED.name(), seed);
    plain.put(DATA.name(), data.plain());
    plain.put(MODEL.name(), model.plain());
    plain.put(LOSS.name(), loss.plain());
    if (!metrics.isEmpty()) {
      plain.put(METRICS.name(), metrics.stream().map(Options::plain).toList());
    }
    plain.put(OPTIMIZER.name(), optimizerPlain());
    plain.put(SCHEDULE.name(), schedule.plain());
    if (!clip.isEmpty()) {
      plain.put(CLIP.name(), clip.plain());
    }
    plain.put(WIRE.name(), wire.plain());
    if (!average.isEmpty()) {
      plain.put(AVERAGE.name(), average.plain());
    }
    plain.put(BATCH.name(), batch.plain());
    plain.put(TRAIN.name(), train.plain());
    plain.put(CLUSTER.name(), cluster.plain());
    plain.put(CHECKPOINT.name(), checkpoint.plain());
    plain.put(ALLOW_DIFFERENT_FINGERPRINT.name(), allowDifferentFingerprint);
    plain.putAll(record);
    return plain;
  }

  /** The same configuration with what a run wrote down about itself. */
  public RunConfiguration withRecord(Map<String, ? extends @Nullable Object> newRecord) {
    return with(
        data,
        model,
        loss,
        metrics,
        optimizer,
        schedule,
        clip,
        wire,
        average,
        new LinkedHashMap<>(newRecord));
  }

  /** The same configuration on another cluster. */
  public RunConfiguration withCluster(ClusterSection newCluster) {
    return new RunConfiguration(
        name,
        seed,
        data,
        model,
        loss,
        metrics,
        optimizer,
        learningRate,
        schedule,
        clip,
        wire,
        average,
        batch,
        train,
        newCluster,
        checkpoint,
        allowDifferentFingerprint,
        record);
  }

  /**
   * The same configuration with sections that whoever knows their types has resolved: paths made
   * absolute, defaults filled in.
   */
  public RunConfiguration withSections(
      DataSection newData,
      ModelSection newModel,
      Options newLoss,
      List<Options> newMetrics,
      Options newOptimizer,
      Options newSchedule,
      Options newClip,
      WireSection newWire,
      Options newAverage) {
    return with(
        newData,
        newModel,
        newLoss,
        newMetrics,
        newOptimizer,
        newSchedule,
        newClip,
        newWire,
        newAverage,
        record);
  }

  private RunConfiguration with(
      DataSection newData,
      ModelSection newModel,
      Options newLoss,
      List<Options> newMetrics,
      Options newOptimizer,
      Options newSchedule,
      Options newClip,
      WireSection newWire,
      Options newAverage,
      Map<String, @Nullable Object> newRecord) {
    return new RunConfiguration(
        name,
        seed,
        newData,
        newModel,
        newLoss,
        newMetrics,
        newOptimizer,
        learningRate,
        newSchedule,
        newClip,
        newWire,
        newAverage,
        batch,
        train,
        cluster,
        checkpoint,
        allowDifferentFingerprint,
        newRecord);
  }

  private Map<String, @Nullable Object> optimizerPlain() {
    return optimizer
        .with(LEARNING_RATE, learningRate)
        .ordered(List.of(Registry.TYPE, LEARNING_RATE))
        .plain();
  }
}
