package io.lockstep.driver.spark;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.data.DataDescription;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.SourceChange;
import io.lockstep.common.data.StreamSummary;
import io.lockstep.common.tokenizer.Tokenizer;
import java.util.List;
import org.apache.spark.rdd.RDD;

/**
 * The streams of a run, kept by Spark until they are closed.
 *
 * @param training M partitions, stream m in partition m, rows in the order of their ranks
 * @param validation M partitions as well, empty where there is no validation
 * @param plan what every worker must know
 * @param description what prediction must know
 * @param notices what the user should know, a sentence each
 */
public record Dealt(
    RDD<byte[]> training,
    RDD<byte[]> validation,
    DataPlan plan,
    DataDescription description,
    List<String> notices)
    implements AutoCloseable {
  /** Copies the notices. */
  public Dealt {
    notices = List.copyOf(notices);
  }

  /**
   * The streams as W tasks receive them.
   *
   * @param workers W, from 1 to M
   */
  public RDD<StreamRows> grouped(int workers) {
    return new GroupedStreams(training, validation, workers);
  }

  /**
   * Compares with the streams of the run that is resumed.
   *
   * @param trainingBefore summaries of its training streams
   * @param validationBefore summaries of its validation streams
   * @throws io.lockstep.common.data.DataException naming the source that changed since
   */
  public void refuseChange(
      List<StreamSummary> trainingBefore, List<StreamSummary> validationBefore) {
    SourceChange.refuse(plan.training().source(), trainingBefore, plan.training().summaries());
    DataPlan.Streams validationNow = plan.validation();
    if (validationNow != null) {
      SourceChange.refuse(validationNow.source(), validationBefore, validationNow.summaries());
    }
  }

  /**
   * Compares with the tokenizer of the run that is resumed.
   *
   * @throws DataException where the training data now give another one, or are no text
   */
  public void refuseOtherTokenizer(Tokenizer before) {
    Tokenizer now = description.tokenizer();
    if (now == null || !now.fingerprint().equals(before.fingerprint())) {
      throw new DataException(
          plan.training().source()
              + ": must give the tokenizer with which the run began ("
              + before.size()
              + " tokens, fingerprint "
              + before.fingerprint()
              + "), gives "
              + (now == null ? "none" : now.size() + " tokens, fingerprint " + now.fingerprint())
              + "; bring the training text back as it was, or begin a new run");
    }
  }

  /**
   * Refuses rows whose label has another number of numbers than the loss takes.
   *
   * @param wanted how many numbers the loss takes of an example
   * @throws ConfigurationException naming the source, with both numbers
   */
  public void requireLabels(int wanted) {
    requireLabels(plan.training(), wanted);
    DataPlan.Streams validationStreams = plan.validation();
    if (validationStreams != null) {
      requireLabels(validationStreams, wanted);
    }
  }

  private static void requireLabels(DataPlan.Streams streams, int wanted) {
    int found = streams.form().labels();
    if (found != wanted) {
      throw new ConfigurationException(
          "the loss must be given as many numbers of label of an example as it takes ("
              + wanted
              + "), but "
              + streams.source()
              + " has "
              + found
              + (wanted == 0
                  ? "; set data.labels: {none: true}"
                  : "; name other labels there, or change what the model puts out"));
    }
  }

  @Override
  public void close() {
    if (!training.context().isStopped()) {
      training.unpersist(false);
      validation.unpersist(false);
    }
  }
}
