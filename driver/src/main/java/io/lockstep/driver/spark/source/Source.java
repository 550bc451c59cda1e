package io.lockstep.driver.spark.source;

import io.lockstep.common.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Where examples come from, as the configuration says it; nothing has been looked at yet. */
public interface Source {
  /**
   * Looks at files and headers.
   *
   * @throws io.lockstep.common.config.ConfigurationException where a file or a column does not
   *     exist
   * @throws io.lockstep.common.data.DataException where a header is not as it should be
   */
  Table open(Reading reading);

  /**
   * What the reader brings.
   *
   * @param hadoop for file systems and codecs
   * @param spark asked only by sources that cannot be read without it
   * @param features the columns that a model already knows, in its order; empty where the source's
   *     own configuration decides
   * @param width how many features a row must have; 0 where the source decides
   * @param input the shape of the model's one input; empty where it has several
   * @param labelled whether labels are needed
   * @param weighted whether weights are needed where the source has them
   * @param tokenizer what makes tokens of text; null where it is still to be trained
   */
  record Reading(
      Configuration hadoop,
      Supplier<SparkSession> spark,
      List<String> features,
      int width,
      List<Integer> input,
      boolean labelled,
      boolean weighted,
      @Nullable Tokenizer tokenizer) {
    /** Copies the lists. */
    public Reading {
      features = List.copyOf(features);
      input = List.copyOf(input);
    }
  }
}
