package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * y = x m / (1 - rate) with m 0 at the rate and 1 otherwise, so that inference is y = x (Srivastava
 * et al. 2014, in the inverted form). The mask is a {@link DropoutMask}.
 */
final class Dropout implements Layer {
  private static final Key<Double> RATE =
      Key.number("rate", 0.5, Range.FRACTION, "the part of the numbers that are dropped")
          .required();

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "dropout",
          "drops numbers at random in training (Srivastava et al. 2014), scales the others up",
          List.of(RATE),
          Dropout::new);

  private final Place place;
  private final float rate;

  private Dropout(Options section) {
    place = new Place(section);
    rate = section.get(RATE).floatValue();
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.single(inputs);
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site, rate);
  }

  private static final class Work implements Operation {
    private final Site site;
    private final int size;
    private final DropoutMask mask;

    Work(Site site, float rate) {
      this.site = site;
      this.size = site.inputShape().size();
      this.mask = new DropoutMask(site, rate, Math.multiplyExact(site.maxExamples(), size));
    }

    @Override
    public void forward(Pass pass) {
      int n = pass.examples() * size;
      if (!pass.isTraining()) {
        site.kernel().copy(site.input(), site.output(), n);
        return;
      }
      mask.draw(pass, n);
      site.kernel().multiply(site.input(), mask.numbers(), site.output(), n);
    }

    @Override
    public void backward(Pass pass) {
      if (!site.wantsInputGradient()) {
        return;
      }
      int n = pass.examples() * size;
      if (!pass.isTraining()) {
        site.kernel().copy(site.outputGradient(), site.inputGradient(), n);
      } else {
        site.kernel().multiply(site.outputGradient(), mask.numbers(), site.inputGradient(), n);
      }
    }
  }
}
