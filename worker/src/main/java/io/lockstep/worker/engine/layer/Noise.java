package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * Standard normal numbers, new ones for every example and step, whatever its inputs are: what a
 * generator starts from (Goodfellow et al. 2014).
 */
final class Noise implements Layer {
  private static final Key<Integer> UNITS =
      Key.integer("units", 0, Range.closed(1, Integer.MAX_VALUE), "numbers that come out")
          .required();

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "noise",
          "standard normal numbers, new ones for every example and step",
          List.of(UNITS),
          Noise::new);

  private final int units;

  private Noise(Options section) {
    units = section.get(UNITS);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return Shape.of(units);
  }

  @Override
  public boolean stopsGradient() {
    return true;
  }

  @Override
  public Operation operation(Site site) {
    NormalNumbers numbers = new NormalNumbers();
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        numbers.draw(pass, site.number(), site.output(), pass.examples() * units);
      }

      @Override
      public void backward(Pass pass) {}
    };
  }
}
