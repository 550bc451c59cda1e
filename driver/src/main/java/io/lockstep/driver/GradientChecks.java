package io.lockstep.driver;

import io.lockstep.common.config.RunConfiguration;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.driver.spark.TrainingSlice;
import io.lockstep.worker.engine.Network;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.check.GradientCheck;
import io.lockstep.worker.engine.check.GradientReport;
import io.lockstep.worker.engine.check.NetworkUnderCheck;
import io.lockstep.worker.engine.layer.Pass;

/**
 * Compares the gradients of a configuration's own model, near its first values and on a slice of
 * its own data, with central differences in float64. Every first value is moved a little by the
 * seed: where biases are 0, each pixel that is 0 would put relu on its kink.
 */
public final class GradientChecks {
  private static final float MOVED = 0.1f;

  private GradientChecks() {}

  /**
   * Checks the gradient of every tensor, on the slice that stream 0 has in step 0.
   *
   * @param run whose master is local
   * @param coordinates how many are drawn of a tensor, by the run's seed
   * @param examples most examples of the slice that are taken
   */
  public static GradientReport check(RunConfiguration run, int coordinates, int examples) {
    Network network = Network.of(run);
    SliceBatch batch =
        new SliceBatch(run.batch().slice(), network.inputSize(), network.labelWidth());
    TrainingSlice.read(run, batch);
    batch.examples(Math.min(batch.examples(), examples));
    float[] values = new float[network.size()];
    int at = 0;
    for (int t = 0; t < network.tensors().size(); t++) {
      int length = network.tensors().get(t).size();
      network.initialize(run.seed(), t, 0, values, at, length);
      at += length;
    }
    RandomStream random = RandomStream.of(run.seed(), Purpose.GRADIENT_CHECK, -1, 0, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] += MOVED * (random.unitFloat(i) - 0.5f);
    }
    Pass pass = new Pass(batch.examples(), Pass.Mode.TRAINING, run.seed(), 0, 0);
    return new GradientCheck(run.seed(), coordinates)
        .check(new NetworkUnderCheck(network.graph(), network.objective(), values, batch, pass));
  }
}
