package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution as products of matrices: z = unfold(x) W' + b. Works through the slice in parts of
 * some images, whose unfolded form stays in the second cache. The backward pass unfolds again,
 * which is cheaper than to keep it, unless the form of the whole slice is small and nobody writes
 * over it because the input's gradient is not wanted. A window of one pixel needs no unfolding; of
 * several groups each unfolds a copy of its own channels.
 */
final class ConvWork implements Operation {
  private static final int PART_ELEMENTS = 128 * 1024;

  /** BLAS computes products of few channels and filters twice as fast up to so many rows. */
  private static final int PART_ROWS = 1200;

  private static final int KEPT_ELEMENTS = 2 * 1024 * 1024;

  private final Site site;
  private final Kernel kernel;
  private final Window whole;
  private final Window window;
  private final int groups;
  private final int filters;
  private final int groupFilters;
  private final boolean bias;
  private final boolean pointwise;
  private final boolean keeps;
  private final Buffer channels;
  private final List<Part> parts = new ArrayList<>();

  /** Some images of the slice: where they begin, and their part of the site's buffers. */
  private record Part(int firstImage, int images, Buffer columns, ActivationWork activation) {}

  /** Where the unfolded images of a group lie: from where on, and how far its rows are apart. */
  private record Unfolded(Buffer buffer, int offset, int ld) {}

  /**
   * @param window over the image with the channels of all groups
   */
  ConvWork(Site site, Window window, int groups, Activation activation, boolean bias) {
    this.site = site;
    this.kernel = site.kernel();
    this.whole = window;
    this.window = window.withChannels(window.channels() / groups);
    this.groups = groups;
    this.filters = site.outputShape().channels();
    this.groupFilters = filters / groups;
    this.bias = bias;
    this.pointwise = window.isPointwise();
    int unfolded = window.positions() * this.window.rowSize();
    int fitting = Math.min(PART_ELEMENTS / unfolded, PART_ROWS / window.positions());
    int partImages = Math.min(site.maxExamples(), Math.max(1, fitting));
    this.keeps =
        groups == 1
            && !site.wantsInputGradient()
            && (long) site.maxExamples() * unfolded <= KEPT_ELEMENTS;
    int kept = keeps ? site.maxExamples() : partImages;
    Buffer columns = kernel.allocate(pointwise ? 0 : Math.multiplyExact(kept, unfolded));
    this.channels =
        kernel.allocate(groups == 1 || pointwise ? 0 : partImages * this.window.imageSize());
    int outSize = window.positions() * filters;
    ActivationWork all = ActivationWork.after(site, activation);
    for (int first = 0; first < site.maxExamples(); first += partImages) {
      int images = Math.min(partImages, site.maxExamples() - first);
      boolean own = keeps && !pointwise;
      parts.add(
          new Part(
              first,
              images,
              own ? columns.view(first * unfolded, images * unfolded) : columns,
              all.part(first * outSize, images * outSize)));
    }
  }

  @Override
  public void forward(Pass pass) {
    for (Part part : parts) {
      int images = Math.min(part.images(), pass.examples() - part.firstImage());
      if (images > 0) {
        forward(part, images);
      }
    }
  }

  /** z = unfold(x) W' + b, y = f(z). */
  private void forward(Part part, int images) {
    int rows = images * window.positions();
    int k = window.rowSize();
    Buffer z = part.activation().z();
    if (bias) {
      kernel.repeatRow(site.parameters().get(1), 0, z, rows, filters);
    }
    for (int group = 0; group < groups; group++) {
      Unfolded x = unfold(part, images, group);
      kernel.gemm(
          Transpose.NO,
          Transpose.YES,
          rows,
          groupFilters,
          k,
          x.buffer(),
          x.offset(),
          x.ld(),
          site.parameters().get(0),
          group * groupFilters * k,
          k,
          bias ? Target.ADD : Target.SET,
          z,
          group * groupFilters,
          filters);
    }
    part.activation().forward(rows);
  }

  private Unfolded unfold(Part part, int images, int group) {
    int offset = part.firstImage() * whole.imageSize();
    if (pointwise) {
      return new Unfolded(site.input(), offset + group * window.channels(), whole.channels());
    }
    if (groups == 1) {
      kernel.unfold(window, site.input(), offset, images, part.columns());
    } else {
      kernel.copyColumns(
          images * window.height() * window.width(),
          window.channels(),
          site.input(),
          offset + group * window.channels(),
          whole.channels(),
          channels,
          0,
          window.channels());
      kernel.unfold(window, channels, 0, images, part.columns());
    }
    return new Unfolded(part.columns(), 0, window.rowSize());
  }

  @Override
  public void backward(Pass pass) {
    for (Part part : parts) {
      int images = Math.min(part.images(), pass.examples() - part.firstImage());
      if (images > 0 || part.firstImage() == 0) {
        backward(part, images); // of no image too: the gradient is then zero
      }
    }
  }

  /** dz = f'(dy), dW += dz' unfold(x), db += the sum of dz's rows, dx = fold(dz W). */
  private void backward(Part part, int images) {
    int rows = images * window.positions();
    int k = window.rowSize();
    Target target = part.firstImage() == 0 ? Target.SET : Target.ADD;
    part.activation().backward(rows, target);
    Buffer dz = part.activation().dz();
    if (bias) {
      kernel.sumRows(dz, rows, filters, target, site.gradients().get(1), 0);
    }
    for (int group = 0; group < groups; group++) {
      Unfolded x =
          keeps && !pointwise ? new Unfolded(part.columns(), 0, k) : unfold(part, images, group);
      kernel.gemm(
          Transpose.YES,
          Transpose.NO,
          groupFilters,
          k,
          rows,
          dz,
          group * groupFilters,
          filters,
          x.buffer(),
          x.offset(),
          x.ld(),
          target,
          site.gradients().get(0),
          group * groupFilters * k,
          k);
      if (site.wantsInputGradient()) {
        inputGradient(part, images, group, dz);
      }
    }
  }

  private void inputGradient(Part part, int images, int group, Buffer dz) {
    int offset = part.firstImage() * whole.imageSize();
    int firstChannel = offset + group * window.channels();
    int k = window.rowSize();
    kernel.gemm(
        Transpose.NO,
        Transpose.NO,
        images * window.positions(),
        k,
        groupFilters,
        dz,
        group * groupFilters,
        filters,
        site.parameters().get(0),
        group * groupFilters * k,
        k,
        Target.SET,
        pointwise ? site.inputGradient() : part.columns(),
        pointwise ? firstChannel : 0,
        pointwise ? whole.channels() : k);
    if (pointwise) {
      return;
    }
    if (groups == 1) {
      kernel.fold(window, part.columns(), images, site.inputGradient(), offset);
      return;
    }
    kernel.fold(window, part.columns(), images, channels, 0);
    kernel.copyColumns(
        images * window.height() * window.width(),
        window.channels(),
        channels,
        0,
        window.channels(),
        site.inputGradient(),
        firstChannel,
        whole.channels());
  }
}
