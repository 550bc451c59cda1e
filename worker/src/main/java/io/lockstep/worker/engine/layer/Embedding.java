package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.initializer.Initializer;
import io.lockstep.worker.engine.initializer.Initializers;
import io.lockstep.worker.engine.initializer.Normal;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.OptionalInt;

/**
 * A learned row for each token: [length] tokens, whole numbers of [0, vocabulary), become [length,
 * width]; y_i = row x_i of W [vocabulary, width]. The gradient of a row is the sum over its tokens,
 * in the order in which they stand in the slice; tokens have none.
 */
final class Embedding implements Layer {
  private static final Key<Integer> VOCABULARY =
      Key.integer(
              "vocabulary",
              0,
              Range.closed(1, 1 << 24),
              "how many tokens there are; they are the numbers from 0")
          .required();

  private static final Key<Integer> WIDTH =
      Key.integer("width", 0, Range.closed(1, Integer.MAX_VALUE), "numbers of a token's row")
          .required();

  private static final Key<Options> INITIALIZER =
      Key.named(
          "initializer",
          "",
          "first values of the rows, by name or as a section with a type; without it normal with"
              + " a standard deviation of 0.02, as GPT-2's");

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "embedding",
          "a row of W [vocabulary, width] for each token: [length] becomes [length, width]",
          List.of(VOCABULARY, WIDTH, INITIALIZER),
          Embedding::new);

  private static final double USUAL_DEVIATION = 0.02;

  private final Place place;
  private final int vocabulary;
  private final int width;
  private final Initializer initializer;

  private Embedding(Options section) {
    place = new Place(section);
    vocabulary = section.get(VOCABULARY);
    width = section.get(WIDTH);
    Options written = section.get(INITIALIZER);
    initializer =
        written.isEmpty() ? new Normal(0, USUAL_DEVIATION) : Initializers.REGISTRY.create(written);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape shape = place.single(inputs);
    if (!shape.isFeatures()) {
      throw place.needs(
          "[length] tokens",
          shape,
          "let it be the first layer, with one number" + " in model.input");
    }
    return Shape.sequence(shape.channels(), width);
  }

  @Override
  public OptionalInt tokens() {
    return OptionalInt.of(vocabulary);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    return List.of(
        new ParameterSpec(
            "W", List.of(vocabulary, width), Role.WEIGHT, initializer, vocabulary, width));
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site);
  }

  private final class Work implements Operation {
    private final Site site;
    private final int length;
    private final float[] numbers;
    private final int[] rows;

    Work(Site site) {
      this.site = site;
      this.length = site.inputShape().channels();
      this.numbers = new float[Math.multiplyExact(site.maxExamples(), length)];
      this.rows = new int[numbers.length];
    }

    @Override
    public void forward(Pass pass) {
      int count = pass.examples() * length;
      site.input().read(0, numbers, 0, count);
      for (int i = 0; i < count; i++) {
        rows[i] = (int) numbers[i];
        if (rows[i] != numbers[i] || rows[i] < 0 || rows[i] >= vocabulary) {
          throw refuse(i);
        }
      }
      site.kernel().gather(site.parameters().get(0), rows, count, width, site.output());
    }

    private DataException refuse(int i) {
      return new DataException(
          "embedding: a token must be a whole number from 0 to "
              + (vocabulary - 1)
              + ", got "
              + numbers[i]
              + " (example "
              + i / length
              + " of the slice, position "
              + i % length
              + "); give the layer the vocabulary of the data");
    }

    @Override
    public void backward(Pass pass) {
      Kernel kernel = site.kernel();
      kernel.fill(0, site.gradients().get(0), vocabulary * width);
      int count = pass.examples() * length;
      kernel.scatterAdd(site.outputGradient(), rows, count, width, site.gradients().get(0));
    }
  }
}
