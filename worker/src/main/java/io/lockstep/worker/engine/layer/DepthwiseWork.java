package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Depthwise;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Window;

/** A convolution of every channel by itself, in the kernel's direct loops. */
final class DepthwiseWork implements Operation {
  private final Site site;
  private final Kernel kernel;
  private final Depthwise depthwise;
  private final Window window;
  private final int filters;
  private final int multiplier;
  private final boolean bias;
  private final ActivationWork activation;

  DepthwiseWork(Site site, Window window, Activation activation, boolean bias) {
    this.site = site;
    this.kernel = site.kernel();
    this.depthwise = kernel.depthwise();
    this.window = window;
    this.filters = site.outputShape().channels();
    this.multiplier = filters / window.channels();
    this.bias = bias;
    this.activation = ActivationWork.after(site, activation);
  }

  /** z = x * W + b, y = f(z). */
  @Override
  public void forward(Pass pass) {
    int rows = pass.examples() * window.positions();
    Buffer z = activation.z();
    if (bias) {
      kernel.repeatRow(site.parameters().get(1), 0, z, rows, filters);
    } else {
      kernel.fill(0, z, rows * filters);
    }
    depthwise.forward(
        window, multiplier, site.input(), site.parameters().get(0), pass.examples(), z);
    activation.forward(rows);
  }

  /** dz = f'(dy), dW, db = the sum of dz's rows, dx. */
  @Override
  public void backward(Pass pass) {
    int rows = pass.examples() * window.positions();
    activation.backward(rows, Target.SET);
    Buffer dz = activation.dz();
    depthwise.weightGradient(
        window, multiplier, site.input(), dz, pass.examples(), site.gradients().get(0));
    if (bias) {
      kernel.sumRows(dz, rows, filters, Target.SET, site.gradients().get(1), 0);
    }
    if (site.wantsInputGradient()) {
      depthwise.inputGradient(
          window, multiplier, site.parameters().get(0), dz, pass.examples(), site.inputGradient());
    }
  }
}
