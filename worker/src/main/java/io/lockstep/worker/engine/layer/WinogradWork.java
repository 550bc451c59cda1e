package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.Window;
import io.lockstep.worker.engine.kernel.Winograd;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution with a window of 3 x 3 or 5 x 5 in tiles: {@link Winograd}. It multiplies a quarter
 * as often as {@link ConvWork} (5 x 5: 0.36 times), and writes 2.25 numbers for a pixel where that
 * unfolds 9 (9 for 25); its results differ from it in the last two digits. Works through the slice
 * in parts of some images, whose transformed form stays in the second cache; the backward pass
 * transforms the input again.
 */
final class WinogradWork implements Operation {
  /** Fewer channels or filters make the products too thin to pay for the transforms. */
  private static final int LEAST_CHANNELS = 8;

  private static final int PART_ELEMENTS = 128 * 1024;

  private final Site site;
  private final Kernel kernel;
  private final Winograd winograd;
  private final Window window;
  private final int channels;
  private final int filters;
  private final boolean bias;
  private final Buffer weights;
  private final Buffer weightGradients;
  private final Buffer tiles;
  private final Buffer products;
  private final List<Part> parts = new ArrayList<>();

  /** Some images of the slice, and their part of the site's buffers. */
  private record Part(int firstImage, int images, ActivationWork activation) {}

  WinogradWork(Site site, Window window, Activation activation, boolean bias) {
    this.site = site;
    this.kernel = site.kernel();
    this.winograd = kernel.winograd();
    this.window = window;
    this.channels = window.channels();
    this.filters = site.outputShape().channels();
    this.bias = bias;
    int ofImage = Winograd.ELEMENTS * Winograd.tiles(window);
    int fitting = PART_ELEMENTS / Math.multiplyExact(ofImage, Math.max(channels, filters));
    int partImages = Math.min(site.maxExamples(), Math.max(1, fitting));
    this.weights = kernel.allocate(Winograd.ELEMENTS * filters * channels);
    this.weightGradients = kernel.allocate(Winograd.ELEMENTS * filters * channels);
    this.tiles = kernel.allocate(partImages * ofImage * channels);
    this.products = kernel.allocate(partImages * ofImage * filters);
    int outSize = window.positions() * filters;
    ActivationWork all = ActivationWork.after(site, activation);
    for (int first = 0; first < site.maxExamples(); first += partImages) {
      int images = Math.min(partImages, site.maxExamples() - first);
      parts.add(new Part(first, images, all.part(first * outSize, images * outSize)));
    }
  }

  /** Whether the convolution can be computed so, and faster. */
  static boolean suits(Window window, int filters) {
    return Winograd.suits(window)
        && window.channels() >= LEAST_CHANNELS
        && filters >= LEAST_CHANNELS
        && 2 * Winograd.tiles(window) * Winograd.ELEMENTS <= window.positions() * window.places();
  }

  /** z = A' [(G w G') . (B' d B)] A + b, y = f(z). */
  @Override
  public void forward(Pass pass) {
    winograd.filter(window, filters, site.parameters().get(0), weights);
    for (Part part : parts) {
      int images = Math.min(part.images(), pass.examples() - part.firstImage());
      if (images > 0) {
        forward(part, images);
      }
    }
  }

  private void forward(Part part, int images) {
    int rows = images * Winograd.tiles(window);
    Buffer z = part.activation().z();
    winograd.input(window, site.input(), part.firstImage() * window.imageSize(), images, tiles);
    for (int k = 0; k < Winograd.ELEMENTS; k++) {
      kernel.gemm(
          Transpose.NO,
          Transpose.YES,
          rows,
          filters,
          channels,
          tiles,
          k * rows * channels,
          channels,
          weights,
          k * filters * channels,
          channels,
          Target.SET,
          products,
          k * rows * filters,
          filters);
    }
    int positions = images * window.positions();
    if (bias) {
      kernel.repeatRow(site.parameters().get(1), 0, z, positions, filters);
    }
    winograd.output(window, filters, products, images, bias ? Target.ADD : Target.SET, z);
    part.activation().forward(positions);
  }

  /** The weights' transform is still that of {@link #forward}. */
  @Override
  public void backward(Pass pass) {
    for (Part part : parts) {
      int images = Math.min(part.images(), pass.examples() - part.firstImage());
      if (images > 0 || part.firstImage() == 0) {
        backward(part, images); // of no image too: the gradient is then zero
      }
    }
    winograd.filterGradient(window, filters, weightGradients, site.gradients().get(0));
  }

  private void backward(Part part, int images) {
    int rows = images * Winograd.tiles(window);
    int positions = images * window.positions();
    int offset = part.firstImage() * window.imageSize();
    Target target = part.firstImage() == 0 ? Target.SET : Target.ADD;
    part.activation().backward(positions, target);
    Buffer dz = part.activation().dz();
    if (bias) {
      kernel.sumRows(dz, positions, filters, target, site.gradients().get(1), 0);
    }
    winograd.outputGradient(window, filters, dz, images, products);
    winograd.input(window, site.input(), offset, images, tiles);
    for (int k = 0; k < Winograd.ELEMENTS; k++) {
      kernel.gemm(
          Transpose.YES,
          Transpose.NO,
          filters,
          channels,
          rows,
          products,
          k * rows * filters,
          filters,
          tiles,
          k * rows * channels,
          channels,
          target,
          weightGradients,
          k * filters * channels,
          channels);
    }
    if (site.wantsInputGradient()) {
      for (int k = 0; k < Winograd.ELEMENTS; k++) {
        kernel.gemm(
            Transpose.NO,
            Transpose.NO,
            rows,
            channels,
            filters,
            products,
            k * rows * filters,
            filters,
            weights,
            k * filters * channels,
            channels,
            Target.SET,
            tiles,
            k * rows * channels,
            channels);
      }
      winograd.inputGradient(window, tiles, images, site.inputGradient(), offset);
    }
  }
}
