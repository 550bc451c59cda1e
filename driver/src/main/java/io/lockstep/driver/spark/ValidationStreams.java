package io.lockstep.driver.spark;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.StreamKind;
import io.lockstep.common.tokenizer.Tokenizer;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.data.StreamData;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;

/** The validation data of a run, dealt again and brought into this process. */
public final class ValidationStreams {
  private ValidationStreams() {}

  /**
   * All M streams, as the run's workers read them.
   *
   * @param run whose master is local
   * @param tokenizer the run's; null where its data are no text
   * @throws ConfigurationException where the run has no validation data
   */
  public static List<SliceStream> read(RunConfiguration run, @Nullable Tokenizer tokenizer) {
    try (SparkRuntime spark = SparkRuntime.start(run);
        Dealt dealt = Dealing.deal(spark.session(), run, tokenizer)) {
      DataPlan plan = dealt.plan();
      if (plan.validation() == null) {
        throw new ConfigurationException(
            "the run " + run.name() + " has no validation data; name a file with --data");
      }
      DataPlan.Streams streams = plan.streams(StreamKind.VALIDATION);
      JavaRDD<byte[]> rows = new JavaRDD<>(dealt.validation(), SortedShuffle.BYTES);
      List<SliceStream> read = new ArrayList<>();
      for (int m = 0; m < streams.summaries().size(); m++) {
        List<byte[]> stream = rows.collectPartitions(new int[] {m})[0];
        StreamData data = StreamData.read(plan, StreamKind.VALIDATION, m, stream.iterator());
        read.add(SliceStream.inOrder(data, plan.scaling(), streams.epoch()));
      }
      return read;
    }
  }
}
