package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Kernel.Transpose;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * y = f(x * W + b): each of the filters, at each position, the sum over what the window sees (a
 * cross-correlation, as everywhere in the field). W is [filters, height, width, channels], b
 * [filters].
 */
final class Conv2d implements Layer {
  private static final Key<Integer> FILTERS =
      Key.integer("filters", 0, Range.closed(1, Integer.MAX_VALUE), "channels that come out")
          .required();

  private static final Key<Object> KERNEL =
      Key.any("kernel", "a whole number >= 1 or [height, width]: what a filter sees").required();

  private static final Key<Object> STRIDE =
      Key.any("stride", "a whole number >= 1 or [down, across]; 1 without it");

  private static final Key<Object> PADDING =
      Key.any(
          "padding",
          "valid (none), same (as many positions as pixels, over the stride), a whole number of"
              + " zeros on each side, or [above and below, left and right]");

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "conv2d",
          "a convolution: f(x * W + b), W [filters, height, width, channels], b [filters]",
          keys(),
          Conv2d::new);

  private final Place place;
  private final int filters;
  private final Sliding sliding;
  private final Activation activation;
  private final Weights weights;

  private Conv2d(Options section) {
    place = new Place(section);
    filters = section.get(FILTERS);
    sliding = Sliding.padded(section, KERNEL, STRIDE, PADDING);
    activation = Activations.of(section);
    weights = Weights.of(section, activation);
  }

  private static List<Key<?>> keys() {
    List<Key<?>> keys = new ArrayList<>(List.of(FILTERS, KERNEL, STRIDE, PADDING, Activations.KEY));
    keys.addAll(Weights.KEYS);
    return keys;
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Window window = sliding.over(place.image(inputs));
    return Shape.image(filters, window.outHeight(), window.outWidth());
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Window window = sliding.over(inputs.get(0));
    List<ParameterSpec> specs =
        new ArrayList<>(
            weights.specs(
                List.of(filters, window.windowHeight(), window.windowWidth(), window.channels()),
                filters,
                window.rowSize(),
                window.places() * filters));
    specs.addAll(ActivationWork.specs(activation, filters));
    return specs;
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, sliding.over(site.inputShape()), filters, activation, weights.bias());
  }

  /**
   * Works through the slice in groups of images whose unfolded form stays in the second cache. The
   * backward pass unfolds again, which is cheaper than to keep it, unless the form of the whole
   * slice is small and nobody writes over it because the input's gradient is not wanted.
   */
  private static final class Work implements Operation {
    private static final int GROUP_ELEMENTS = 128 * 1024;

    /** BLAS computes products of few channels and filters twice as fast up to so many rows. */
    private static final int GROUP_ROWS = 1200;

    private static final int KEPT_ELEMENTS = 2 * 1024 * 1024;

    private final Site site;
    private final Kernel kernel;
    private final Window window;
    private final int filters;
    private final boolean bias;
    private final boolean keeps;
    private final List<Group> groups = new ArrayList<>();

    /** Some images of the slice: where they begin, and their part of the site's buffers. */
    private record Group(int firstImage, int images, Buffer columns, ActivationWork activation) {}

    Work(Site site, Window window, int filters, Activation activation, boolean bias) {
      this.site = site;
      this.kernel = site.kernel();
      this.window = window;
      this.filters = filters;
      this.bias = bias;
      int unfolded = window.positions() * window.rowSize();
      int fitting = Math.min(GROUP_ELEMENTS / unfolded, GROUP_ROWS / window.positions());
      int groupImages = Math.min(site.maxExamples(), Math.max(1, fitting));
      this.keeps =
          !site.wantsInputGradient() && (long) site.maxExamples() * unfolded <= KEPT_ELEMENTS;
      int kept = keeps ? site.maxExamples() : groupImages;
      Buffer columns = kernel.allocate(Math.multiplyExact(kept, unfolded));
      int outSize = window.positions() * filters;
      ActivationWork whole = ActivationWork.after(site, activation);
      for (int first = 0; first < site.maxExamples(); first += groupImages) {
        int images = Math.min(groupImages, site.maxExamples() - first);
        groups.add(
            new Group(
                first,
                images,
                keeps ? columns.view(first * unfolded, images * unfolded) : columns,
                whole.part(first * outSize, images * outSize)));
      }
    }

    @Override
    public void forward(Pass pass) {
      for (Group group : groups) {
        int images = Math.min(group.images(), pass.examples() - group.firstImage());
        if (images > 0) {
          forward(group, images);
        }
      }
    }

    /** z = unfold(x) W' + b, y = f(z). */
    private void forward(Group group, int images) {
      int rows = images * window.positions();
      int k = window.rowSize();
      Buffer columns = group.columns();
      Buffer z = group.activation().z();
      kernel.unfold(window, site.input(), group.firstImage() * window.imageSize(), images, columns);
      if (bias) {
        kernel.repeatRow(site.parameters().get(1), 0, z, rows, filters);
      }
      kernel.gemm(
          Transpose.NO,
          Transpose.YES,
          rows,
          filters,
          k,
          columns,
          0,
          k,
          site.parameters().get(0),
          0,
          k,
          bias ? Target.ADD : Target.SET,
          z,
          0,
          filters);
      group.activation().forward(rows);
    }

    @Override
    public void backward(Pass pass) {
      for (Group group : groups) {
        int images = Math.min(group.images(), pass.examples() - group.firstImage());
        if (images > 0 || group.firstImage() == 0) {
          backward(group, images); // of no image too: the gradient is then zero
        }
      }
    }

    /** dz = f'(dy), dW += dz' unfold(x), db += the sum of dz's rows, dx = fold(dz W). */
    private void backward(Group group, int images) {
      int rows = images * window.positions();
      int k = window.rowSize();
      Target target = group.firstImage() == 0 ? Target.SET : Target.ADD;
      group.activation().backward(rows, target);
      Buffer dz = group.activation().dz();
      int offset = group.firstImage() * window.imageSize();
      Buffer columns = group.columns();
      if (!keeps) {
        kernel.unfold(window, site.input(), offset, images, columns);
      }
      kernel.gemm(
          Transpose.YES,
          Transpose.NO,
          filters,
          k,
          rows,
          dz,
          0,
          filters,
          columns,
          0,
          k,
          target,
          site.gradients().get(0),
          0,
          k);
      if (bias) {
        kernel.sumRows(dz, rows, filters, target, site.gradients().get(1), 0);
      }
      if (site.wantsInputGradient()) {
        kernel.gemm(
            Transpose.NO,
            Transpose.NO,
            rows,
            k,
            filters,
            dz,
            0,
            filters,
            site.parameters().get(0),
            0,
            k,
            Target.SET,
            columns,
            0,
            k);
        kernel.fold(window, columns, images, site.inputGradient(), offset);
      }
    }
  }
}
