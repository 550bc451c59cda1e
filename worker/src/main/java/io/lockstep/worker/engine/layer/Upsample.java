package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.kernel.Window;
import java.util.List;

/** y[c, i, j] = x[c, i / down, j / across]: every pixel becomes a block of equal ones. */
final class Upsample implements Layer {
  private static final Key<Object> SIZE =
      Key.any("size", "a whole number >= 1 or [down, across]: how often each pixel is repeated")
          .required();

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "upsample2d",
          "an image made larger: every pixel repeated (nearest neighbour)",
          List.of(SIZE),
          Upsample::new);

  private final Place place;
  private final int[] size;

  private Upsample(Options section) {
    place = new Place(section);
    size = Sliding.pair(section, SIZE, 1, false);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape image = place.image(inputs);
    return Shape.image(
        image.channels(),
        Math.multiplyExact(image.height(), size[0]),
        Math.multiplyExact(image.width(), size[1]));
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, size[0], size[1]);
  }

  /**
   * A transposed convolution of every channel by itself, with a filter of ones: the window lies
   * over the output, apart from the next.
   */
  private static final class Work implements Operation {
    private final Site site;
    private final Kernel kernel;
    private final Window window;
    private final Buffer ones;

    Work(Site site, int down, int across) {
      this.site = site;
      this.kernel = site.kernel();
      Shape in = site.inputShape();
      Shape out = site.outputShape();
      this.window =
          new Window(
              out.height(),
              out.width(),
              out.channels(),
              down,
              across,
              down,
              across,
              0,
              0,
              in.height(),
              in.width());
      this.ones = kernel.allocate(window.rowSize());
      kernel.fill(1, ones, window.rowSize());
    }

    @Override
    public void forward(Pass pass) {
      kernel
          .depthwise()
          .inputGradient(window, 1, ones, site.input(), pass.examples(), site.output());
    }

    @Override
    public void backward(Pass pass) {
      if (site.wantsInputGradient()) {
        kernel.fill(0, site.inputGradient(), pass.examples() * site.inputShape().size());
        kernel
            .depthwise()
            .forward(window, 1, site.outputGradient(), ones, pass.examples(), site.inputGradient());
      }
    }
  }
}
