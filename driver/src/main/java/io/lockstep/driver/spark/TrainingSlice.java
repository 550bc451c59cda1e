package io.lockstep.driver.spark;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.StreamKind;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.data.StreamData;
import io.lockstep.worker.engine.SliceBatch;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** One slice of a run's training data, dealt and brought into this process. */
public final class TrainingSlice {
  private TrainingSlice() {}

  /**
   * Fills a batch with the slice that stream 0 has in step 0, as a worker computes it.
   *
   * @param run whose master is local
   * @param batch room for a slice
   */
  public static void read(RunConfiguration run, SliceBatch batch) {
    try (SparkRuntime spark = SparkRuntime.start(run);
        Dealt dealt = Dealing.deal(spark.session(), run)) {
      DataPlan plan = dealt.plan();
      JavaRDD<byte[]> rows = new JavaRDD<>(dealt.training(), SortedShuffle.BYTES);
      List<byte[]> stream = rows.collectPartitions(new int[] {0})[0];
      StreamData data = StreamData.read(plan, StreamKind.TRAINING, 0, stream.iterator());
      SliceStream.shuffled(
              data, plan.scaling(), plan.streams(StreamKind.TRAINING).epoch(), run.seed(), 0)
          .fill(0, batch);
    }
  }
}
