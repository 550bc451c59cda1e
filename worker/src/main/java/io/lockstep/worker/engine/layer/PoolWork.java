package io.lockstep.worker.engine.layer;

import io.lockstep.worker.engine.kernel.Kernel.Divisor;
import io.lockstep.worker.engine.kernel.Window;

/** Pools at work. */
final class PoolWork {
  private PoolWork() {}

  /** What a pool takes of its windows. */
  interface Kind {
    Operation work(Site site, Window window);
  }

  /** The largest number. */
  static Operation maximum(Site site, Window window) {
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        site.kernel().maxPool(window, site.input(), pass.examples(), site.output());
      }

      @Override
      public void backward(Pass pass) {
        if (site.wantsInputGradient()) {
          site.kernel()
              .maxPoolGradient(
                  window,
                  site.input(),
                  site.output(),
                  site.outputGradient(),
                  pass.examples(),
                  site.inputGradient());
        }
      }
    };
  }

  /** The mean. */
  static Operation average(Site site, Window window, Divisor divisor) {
    return new Operation() {
      @Override
      public void forward(Pass pass) {
        site.kernel().averagePool(window, divisor, site.input(), pass.examples(), site.output());
      }

      @Override
      public void backward(Pass pass) {
        if (site.wantsInputGradient()) {
          site.kernel()
              .averagePoolGradient(
                  window, divisor, site.outputGradient(), pass.examples(), site.inputGradient());
        }
      }
    };
  }
}
