package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.initializer.Initializer;
import io.lockstep.worker.engine.initializer.Initializers;
import io.lockstep.worker.engine.initializer.Normal;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Kernel.Target;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * y = x + P for a sequence [length, width], so that positions differ. P is learned, tensor W
 * [length, width], or that of Vaswani et al. (2017), section 3.5:
 *
 * <pre>{@code
 * P(p, 2 i)     = sin(p / 10000^(2 i / width))
 * P(p, 2 i + 1) = cos(p / 10000^(2 i / width))
 * }</pre>
 */
final class PositionalEmbedding implements Layer {
  private static final String LEARNED = "learned";

  private static final Key<String> KIND =
      Key.choice(
          "kind",
          LEARNED,
          List.of(LEARNED, "sinusoidal"),
          "learned: a tensor NAME.W; sinusoidal: sines and cosines of falling frequency");

  private static final Key<Options> INITIALIZER =
      Key.named(
          "initializer",
          "",
          "first values where learned, by name or as a section with a type; without it normal with"
              + " a standard deviation of 0.02, as GPT-2's");

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "positional-embedding",
          "adds to each position of a sequence what tells it from the others, [length, width]"
              + " (Vaswani et al. 2017)",
          List.of(KIND, INITIALIZER),
          PositionalEmbedding::new);

  private static final double USUAL_DEVIATION = 0.02;
  private static final double LONGEST_WAVE = 10000;

  private final Place place;
  private final boolean learned;
  private final Initializer initializer;

  private PositionalEmbedding(Options section) {
    place = new Place(section);
    learned = section.get(KIND).equals(LEARNED);
    Options written = section.get(INITIALIZER);
    initializer =
        written.isEmpty() ? new Normal(0, USUAL_DEVIATION) : Initializers.REGISTRY.create(written);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.sequence(inputs);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    Shape shape = inputs.get(0);
    return learned
        ? List.of(
            new ParameterSpec("W", shape.extents(), Role.WEIGHT, initializer, 1, shape.channels()))
        : List.of();
  }

  @Override
  public Operation operation(Site site) {
    Shape shape = site.inputShape();
    return new Work(site, learned ? site.parameters().get(0) : waves(site.kernel(), shape));
  }

  private static Buffer waves(Kernel kernel, Shape shape) {
    int width = shape.channels();
    Buffer waves = kernel.allocate(shape.size());
    for (int p = 0; p < shape.positions(); p++) {
      for (int c = 0; c < width; c++) {
        double even = c - c % 2;
        double angle = p / StrictMath.pow(LONGEST_WAVE, even / width);
        waves.set(p * width + c, c % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle));
      }
    }
    return waves;
  }

  private final class Work implements Operation {
    private final Site site;
    private final Buffer positions;
    private final int size;

    Work(Site site, Buffer positions) {
      this.site = site;
      this.positions = positions;
      this.size = site.inputShape().size();
    }

    @Override
    public void forward(Pass pass) {
      int n = pass.examples();
      site.kernel().repeatRow(positions, 0, site.output(), n, size);
      site.kernel().add(site.output(), site.input(), site.output(), n * size);
    }

    @Override
    public void backward(Pass pass) {
      int n = pass.examples();
      Buffer dy = site.outputGradient();
      if (learned) {
        site.kernel().sumRows(dy, n, size, Target.SET, site.gradients().get(0), 0);
      }
      if (site.wantsInputGradient()) {
        site.kernel().copy(dy, site.inputGradient(), n * size);
      }
    }
  }
}
