package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/** y = x, of which no gradient flows back: what lies before it does not learn from what follows. */
final class StopGradient implements Layer {
  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "stop-gradient",
          "what comes in, through which no gradient flows back",
          List.of(),
          StopGradient::new);

  private final Place place;

  private StopGradient(Options section) {
    place = new Place(section);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    return place.single(inputs);
  }

  @Override
  public boolean stopsGradient() {
    return true;
  }

  @Override
  public Operation operation(Site site) {
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        if (pass.mode() != Pass.Mode.DIFFERENCE) {
          int n = pass.examples() * site.outputShape().size();
          site.kernel().copy(site.input(), site.output(), n);
        }
      }

      @Override
      public void backward(Pass pass) {}
    };
  }
}
