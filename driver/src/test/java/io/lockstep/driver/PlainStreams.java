package io.lockstep.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.data.DataPlan;
import io.lockstep.common.data.StreamKind;
import io.lockstep.driver.spark.Dealing;
import io.lockstep.driver.spark.Dealt;
import io.lockstep.driver.spark.SparkRuntime;
import io.lockstep.worker.data.SliceStream;
import io.lockstep.worker.data.StreamData;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.SliceBatch;
import java.util.ArrayList;
import java.util.List;

/** The streams of a run in this process, and what plain loops make of them. */
final class PlainStreams {
  private PlainStreams() {}

  /** The training streams, in order. */
  static List<SliceStream> of(RunConfiguration configuration) {
    try (SparkRuntime spark = SparkRuntime.start(configuration);
        Dealt dealt = Dealing.deal(spark.session(), configuration)) {
      List<SliceStream> streams = new ArrayList<>();
      DataPlan plan = dealt.plan();
      List<List<byte[]>> rows = dealt.training().toJavaRDD().glom().collect();
      for (int m = 0; m < rows.size(); m++) {
        StreamData stream = StreamData.read(plan, StreamKind.TRAINING, m, rows.get(m).iterator());
        streams.add(
            SliceStream.shuffled(
                stream, plan.scaling(), plan.training().epoch(), configuration.seed(), m));
      }
      return streams;
    }
  }

  /** What a run begins with. */
  static float[] firstWeights(RunConfiguration configuration, Network network) {
    float[] weights = new float[network.size()];
    int at = 0;
    for (int t = 0; t < network.tensors().size(); t++) {
      int size = network.tensors().get(t).size();
      network.initialize(configuration.seed(), t, 0, weights, at, size);
      at += size;
    }
    return weights;
  }

  /**
   * The running mean and variance of every feature after so many steps, [2, features]: over all
   * examples of a step at once, the variance over n - 1.
   */
  static double[] runningStatistics(RunConfiguration configuration, int steps, double momentum) {
    List<SliceStream> streams = of(configuration);
    int features = 64;
    double[] running = new double[2 * features];
    java.util.Arrays.fill(running, features, 2 * features, 1);
    SliceBatch batch = new SliceBatch(configuration.batch().slice(), features, 1);
    for (int step = 0; step < steps; step++) {
      List<float[]> examples = new ArrayList<>();
      for (SliceStream stream : streams) {
        if (stream.fill(step, batch)) {
          for (int e = 0; e < batch.examples(); e++) {
            int from = e * features;
            examples.add(java.util.Arrays.copyOfRange(batch.features(), from, from + features));
          }
        }
      }
      assertThat(examples).hasSizeGreaterThan(1);
      for (int f = 0; f < features; f++) {
        int feature = f;
        double mean = examples.stream().mapToDouble(e -> e[feature]).average().orElseThrow();
        double squares = examples.stream().mapToDouble(e -> Math.pow(e[feature] - mean, 2)).sum();
        double variance = squares / (examples.size() - 1);
        running[f] += momentum * (mean - running[f]);
        running[features + f] += momentum * (variance - running[features + f]);
      }
    }
    return running;
  }
}
