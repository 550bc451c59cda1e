package io.lockstep.worker.engine.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.check.GradientCheck;
import io.lockstep.worker.engine.check.GradientReport;
import io.lockstep.worker.engine.check.LossUnderCheck;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

class SameDiffLossTest {
  private static final Shape OUTPUT = Shape.of(2);
  private static final double[] PREDICTIONS = {0.5, -1, 2, 0.25, 3, -3};
  private static final float[] LABELS = {0, 1, 2, -1, 0.5f, 0};
  private static final float[] WEIGHTS = {1, 0.5f, 2};

  @Test
  void theLossIsThatOfItsFormula() {
    double sum = 0;
    for (int i = 0; i < PREDICTIONS.length; i++) {
      double d = PREDICTIONS[i] - LABELS[i];
      sum += WEIGHTS[i / 2] * StrictMath.log1p(d * d) / 2;
    }
    assertThat(gradient(new Cauchy(), new double[6])).isCloseTo(sum, within(1e-12));
  }

  @Test
  void theGradientIsDerivedFromIt() {
    GradientReport report =
        new GradientCheck(3, 6)
            .check(new LossUnderCheck(new Cauchy(), PREDICTIONS, LABELS, WEIGHTS, OUTPUT));
    assertThat(report.isRight()).as(report.toString()).isTrue();
  }

  @Test
  void slicesOfOtherSizesShareOneGraph() {
    Cauchy loss = new Cauchy();
    double[] all = new double[6];
    double whole = gradient(loss, all);
    Kernel kernel = TestKernels.float64();
    Buffer p = kernel.allocate(2);
    p.write(0, PREDICTIONS, 2);
    double first = loss.gradient(kernel, p, LABELS, WEIGHTS, 1, OUTPUT, kernel.allocate(2));
    assertThat(first).isBetween(0.0, whole);
    assertThat(gradient(loss, new double[6])).isEqualTo(whole);
  }

  @Test
  void anotherThreadComputesTheSameBits() {
    Cauchy loss = new Cauchy();
    double[] here = new double[6];
    double[] there = new double[6];
    double sum = gradient(loss, here);
    assertThat(CompletableFuture.supplyAsync(() -> gradient(loss, there)).join()).isEqualTo(sum);
    assertThat(there).isEqualTo(here);
  }

  @Test
  void aLossThatIsNotOneNumberAnExampleIsRefused() {
    SameDiffLoss rows =
        new SameDiffLoss() {
          @Override
          public String name() {
            return "rows";
          }

          @Override
          protected SDVariable loss(SameDiff graph, SDVariable predictions, SDVariable labels) {
            return predictions.mul(labels).sum();
          }
        };
    assertThatThrownBy(() -> gradient(rows, new double[6]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "rows: the loss must be one number for each example, [3], got []; reduce the other"
                + " dimensions, as by mean(1)");
  }

  private static double gradient(SameDiffLoss loss, double[] gradient) {
    Kernel kernel = TestKernels.float64();
    Buffer p = kernel.allocate(6);
    p.write(0, PREDICTIONS, 6);
    Buffer slope = kernel.allocate(6);
    double sum = loss.gradient(kernel, p, LABELS, WEIGHTS, 3, OUTPUT, slope);
    slope.read(0, gradient, 6);
    return sum;
  }
}
