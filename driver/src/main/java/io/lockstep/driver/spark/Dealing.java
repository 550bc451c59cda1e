package io.lockstep.driver.spark;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.DataSection;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.config.Scaling;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.EpochPlan;
import io.lockstep.common.data.FeatureScaling;
import io.lockstep.common.data.StreamChecksum;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.tokenizer.Tokenizer;
import io.lockstep.driver.spark.source.LabelTexts;
import io.lockstep.driver.spark.source.Source.Reading;
import io.lockstep.driver.spark.source.Sources;
import io.lockstep.driver.spark.source.Table;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Deals the rows of the sources into M streams, so that only the configuration and the rows
 * themselves say which row is where: neither their order in the source nor files, partitions,
 * executors or the version of Spark.
 *
 * <ol>
 *   <li>Rows get a total order: by the hash of (seed, content), then by content; content is what
 *       was parsed, before any scaling. Equal rows are interchangeable.
 *   <li>They are put into partitions by the hash's top bits and sorted within; counting the
 *       partitions gives each row its rank.
 *   <li>With {@code validation: {fraction: f}} the first floor(n f) rows are for validation, and
 *       ranks begin anew behind them.
 *   <li>Row r goes to stream r mod M.
 * </ol>
 *
 * <p>Spark keeps the streams serialised, in its storage memory and, where that is full, on disk: on
 * this machine once; on a cluster twice, on two executors, so E executors hold 2 / E of the data
 * each: features and label of a row as they were parsed, and a few bytes more. That is beside the
 * arrays into which each task reads its own streams.
 */
public final class Dealing {
  private final SparkSession session;
  private final SparkContext spark;
  private final RunConfiguration configuration;
  private final int parts;
  private final int streams;
  private final @Nullable Tokenizer kept;

  private Dealing(
      SparkSession session, RunConfiguration configuration, int parts, @Nullable Tokenizer kept) {
    this.session = session;
    this.spark = session.sparkContext();
    this.configuration = configuration;
    this.parts = parts;
    this.kept = kept;
    this.streams = configuration.batch().slices();
  }

  /**
   * Reads the sources and deals their rows.
   *
   * @param session where the streams will be kept, serialised, in memory and on disk
   * @param configuration whose sources are resolved, see {@link Sources#resolve}
   * @return the streams, to be closed
   * @throws ConfigurationException where a file or column does not exist or does not fit the model
   * @throws io.lockstep.common.data.DataException for a row that is refused, naming file and row
   */
  public static Dealt deal(SparkSession session, RunConfiguration configuration) {
    return deal(session, configuration, 0);
  }

  /**
   * As the other form, for the data of a run that is done.
   *
   * @param tokenizer the run's; null where its data are no text
   */
  public static Dealt deal(
      SparkSession session, RunConfiguration configuration, @Nullable Tokenizer tokenizer) {
    return new Dealing(session, configuration, 0, tokenizer).deal();
  }

  static Dealt deal(SparkSession session, RunConfiguration configuration, int parts) {
    return new Dealing(session, configuration, parts, null).deal();
  }

  private Dealt deal() {
    DataSection data = configuration.data();
    Table table = open(data.train(), List.of(), kept);
    checkTokens(table);
    LabelsSection labels = LabelTexts.resolve(spark, table, data.labels());
    OrderedRows rows = ordered(table, labels);
    List<String> notices = new ArrayList<>(rows.notices());
    long held = heldBack(rows.count(), data.validationFraction());
    Table validationTable = table;
    RDD<byte[]> validation = held == 0 ? nothing() : rows.deal(0, held, streams);
    if (!data.validation().isEmpty()) {
      validationTable = open(data.validation(), table.featureNames(), table.tokenizer());
      OrderedRows validationRows = ordered(validationTable, labels);
      notices.addAll(validationRows.notices());
      validation = validationRows.deal(0, validationRows.count(), streams);
    }
    RDD<byte[]> training = kept(rows.deal(held, rows.count(), streams));
    List<StreamSummary> summaries = summaries(training);
    FeatureScaling scaling = scaling(training, table, notices);
    DataPlan.Streams trainingStreams =
        new DataPlan.Streams(table.name(), table.form(), summaries, trainingEpoch(summaries));
    validation = kept(validation);
    DataPlan plan =
        new DataPlan(trainingStreams, validationStreams(validation, validationTable), scaling);
    DataDescription description =
        new DataDescription(
            table.form(),
            table.featureNames(),
            configuration.model().onlyInput(),
            labels,
            scaling,
            table.tokenizer());
    return new Dealt(training, validation, plan, description, notices);
  }

  private Table open(Options source, List<String> features, @Nullable Tokenizer tokenizer) {
    int width = configuration.model().inputSize();
    Reading reading =
        new Reading(
            spark.hadoopConfiguration(),
            () -> session,
            features,
            width,
            configuration.model().onlyInput(),
            !configuration.data().labels().none(),
            true,
            tokenizer);
    Table table = Sources.create(source, configuration.data().labels()).open(reading);
    if (table.form().features() != width) {
      var inputs = configuration.model().inputs();
      boolean several = inputs.size() > 1;
      throw new ConfigurationException(
          (several ? "model.inputs" : "model.input")
              + " must have as many values as "
              + table.name()
              + " has features ("
              + table.form().features()
              + "), got "
              + (several ? inputs : inputs.values().iterator().next())
              + " ("
              + width
              + ")");
    }
    return table;
  }

  /** Refuses labels and scaling that the tokens of text cannot have. */
  private void checkTokens(Table table) {
    Tokenizer tokenizer = table.tokenizer();
    if (tokenizer == null) {
      return;
    }
    LabelsSection labels = configuration.data().labels();
    if (!labels.none() && labels.classes() < tokenizer.size()) {
      throw new ConfigurationException(
          "data.labels.classes must be at least the number of tokens of "
              + table.name()
              + " ("
              + tokenizer.size()
              + "), got "
              + (labels.classified() ? labels.classes() : "regression: true")
              + "; set data.labels: {classes: "
              + tokenizer.size()
              + "}, and as many outputs of the model");
    }
    if (!(configuration.data().scale() instanceof Scaling.None)) {
      throw new ConfigurationException(
          "data.scale must be none, as the features of "
              + table.name()
              + " are the numbers of tokens, got "
              + configuration.data().scale().plain());
    }
  }

  private OrderedRows ordered(Table table, LabelsSection labels) {
    return OrderedRows.of(
        spark, table, LabelTexts.reader(table, labels), configuration.seed(), parts);
  }

  /** floor(n f) of the fraction as it is written: 0.29 of 100 rows are 29. */
  static long heldBack(long rows, double fraction) {
    return BigDecimal.valueOf(fraction)
        .multiply(BigDecimal.valueOf(rows))
        .setScale(0, RoundingMode.FLOOR)
        .longValueExact();
  }

  private RDD<byte[]> nothing() {
    return new JavaSparkContext(spark).parallelize(List.<byte[]>of(), streams).rdd();
  }

  private RDD<byte[]> kept(RDD<byte[]> streams) {
    return streams.persist(level(spark.master()));
  }

  /**
   * How the streams are kept: twice on a cluster, so that a lost executor takes no stream with it.
   * With one copy Spark would have to compute its streams again from shuffle files, of which some
   * were lost too: it would begin the stage anew, and with it replace the workers that live.
   */
  static StorageLevel level(String master) {
    boolean oneProcess = master.equals("local") || master.startsWith("local[");
    return oneProcess ? StorageLevel.MEMORY_AND_DISK_SER() : StorageLevel.MEMORY_AND_DISK_SER_2();
  }

  private static List<StreamSummary> summaries(RDD<byte[]> streams) {
    return new JavaRDD<>(streams, SortedShuffle.BYTES)
        .mapPartitions(Dealing::summary).collect().stream()
            .map(summary -> new StreamSummary(summary[0], summary[1]))
            .toList();
  }

  private static Iterator<long[]> summary(Iterator<byte[]> rows) {
    StreamChecksum checksum = new StreamChecksum();
    rows.forEachRemaining(checksum::add);
    StreamSummary summary = checksum.summary();
    return List.of(new long[] {summary.count(), summary.checksum()}).iterator();
  }

  private EpochPlan trainingEpoch(List<StreamSummary> summaries) {
    int slice = configuration.batch().slice();
    return configuration.batch().keepIncomplete()
        ? EpochPlan.keepingIncomplete(summaries, slice)
        : EpochPlan.droppingIncomplete(summaries, slice);
  }

  /** Null where no row is for validation. */
  private DataPlan.@Nullable Streams validationStreams(RDD<byte[]> validation, Table table) {
    List<StreamSummary> summaries = summaries(validation);
    if (summaries.stream().allMatch(summary -> summary.count() == 0)) {
      return null;
    }
    EpochPlan epoch = EpochPlan.keepingIncomplete(summaries, configuration.batch().slice());
    return new DataPlan.Streams(table.name(), table.form(), summaries, epoch);
  }

  private FeatureScaling scaling(RDD<byte[]> training, Table table, List<String> notices) {
    Scaling scale = configuration.data().scale();
    if (scale instanceof Scaling.Divide divide) {
      return new FeatureScaling.Divide(divide.by());
    }
    if (scale instanceof Scaling.None) {
      return new FeatureScaling.None();
    }
    if (scale instanceof Scaling.Standardize) {
      return FeatureStatistics.of(training, table.form(), notices::add);
    }
    List<Integer> input = configuration.model().onlyInput();
    if (input.isEmpty()) {
      throw new ConfigurationException(
          "data.scale.channels needs a model.input, whose channels they are, got model.inputs "
              + configuration.model().inputs()
              + "; scale by divide or standardize");
    }
    boolean image = input.size() == 3;
    int channels = image ? input.get(0) : input.get(input.size() - 1);
    int run = image ? input.get(1) * input.get(2) : 1;
    if (scale instanceof Scaling.Channels given) {
      return given(given, input, channels, run);
    }
    return FeatureStatistics.ofChannels(training, table.form(), channels, run, notices::add);
  }

  /** (x / by - mean) / std = (x - by mean) / (by std). */
  private static FeatureScaling given(
      Scaling.Channels given, List<Integer> input, int channels, int run) {
    if (given.mean().size() != channels) {
      throw new ConfigurationException(
          "data.scale.channels must have a mean and a std for each channel of model.input "
              + input
              + " ("
              + channels
              + "), got "
              + given.mean().size());
    }
    return new FeatureScaling.Channels(
        given.mean().stream().mapToDouble(mean -> mean * given.by()).toArray(),
        given.std().stream().mapToDouble(std -> std * given.by()).toArray(),
        run);
  }
}
