package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.Window;

/**
 * A transposed convolution as products of matrices: {@link ConvWork} with forward and backward
 * exchanged. Works through the slice in parts of some images, whose unfolded form stays in the
 * second cache.
 */
final class TransposedConvWork implements Operation {
  private static final int PART_ELEMENTS = 128 * 1024;

  private final Site site;
  private final Kernel kernel;
  private final Window window;
  private final int channels;
  private final int filters;
  private final int partImages;
  private final boolean bias;
  private final Buffer columns;
  private final Buffer sums;
  private final ActivationWork activation;

  /**
   * @param window over the output; its positions are the pixels of the input
   */
  TransposedConvWork(Site site, Window window, Activation activation, boolean bias) {
    this.site = site;
    this.kernel = site.kernel();
    this.window = window;
    this.channels = site.inputShape().channels();
    this.filters = window.channels();
    this.bias = bias;
    int unfolded = Math.multiplyExact(window.positions(), window.rowSize());
    this.partImages = Math.min(site.maxExamples(), Math.max(1, PART_ELEMENTS / unfolded));
    this.columns = kernel.allocate(Math.multiplyExact(partImages, unfolded));
    this.sums = kernel.allocate(bias ? partImages * window.imageSize() : 0);
    this.activation = ActivationWork.after(site, activation);
  }

  /** z = fold(x W) + b, y = f(z). */
  @Override
  public void forward(Pass pass) {
    Buffer z = activation.z();
    int pixels = window.height() * window.width();
    for (int first = 0; first < pass.examples(); first += partImages) {
      int images = Math.min(partImages, pass.examples() - first);
      kernel.gemm(
          Transpose.NO,
          Transpose.NO,
          images * window.positions(),
          window.rowSize(),
          channels,
          site.input(),
          first * window.positions() * channels,
          channels,
          site.parameters().get(0),
          0,
          window.rowSize(),
          Target.SET,
          columns,
          0,
          window.rowSize());
      kernel.fold(window, columns, images, z, first * window.imageSize());
      if (bias) {
        Buffer part = z.view(first * window.imageSize(), images * window.imageSize());
        kernel.repeatRow(site.parameters().get(1), 0, sums, images * pixels, filters);
        kernel.add(part, sums, part, part.length());
      }
    }
    activation.forward(pass.examples() * pixels);
  }

  /** dz = f'(dy), dW += x' unfold(dz), db = the sum of dz's rows, dx = unfold(dz) W'. */
  @Override
  public void backward(Pass pass) {
    int rows = pass.examples() * window.height() * window.width();
    activation.backward(rows, Target.SET);
    Buffer dz = activation.dz();
    if (bias) {
      kernel.sumRows(dz, rows, filters, Target.SET, site.gradients().get(1), 0);
    }
    for (int first = 0; first == 0 || first < pass.examples(); first += partImages) {
      // of no image too: the gradient is then zero
      backward(first, Math.min(partImages, pass.examples() - first), dz);
    }
  }

  private void backward(int first, int images, Buffer dz) {
    int rows = images * window.positions();
    int k = window.rowSize();
    int offset = first * window.positions() * channels;
    kernel.unfold(window, dz, first * window.imageSize(), images, columns);
    kernel.gemm(
        Transpose.YES,
        Transpose.NO,
        channels,
        k,
        rows,
        site.input(),
        offset,
        channels,
        columns,
        0,
        k,
        first == 0 ? Target.SET : Target.ADD,
        site.gradients().get(0),
        0,
        k);
    if (site.wantsInputGradient()) {
      kernel.gemm(
          Transpose.NO,
          Transpose.YES,
          rows,
          channels,
          k,
          columns,
          0,
          k,
          site.parameters().get(0),
          0,
          k,
          Target.SET,
          site.inputGradient(),
          offset,
          channels);
    }
  }
}
