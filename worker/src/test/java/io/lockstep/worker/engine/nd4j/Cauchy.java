package io.lockstep.worker.engine.nd4j;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** A user's own loss that SameDiff differentiates: the mean of log(1 + (p - y)^2). */
public final class Cauchy extends SameDiffLoss {
  @Override
  public String name() {
    return "cauchy";
  }

  @Override
  protected SDVariable loss(SameDiff graph, SDVariable predictions, SDVariable labels) {
    SDVariable d = predictions.sub(labels);
    return graph.math().log1p(d.mul(d)).mean(1);
  }
}
