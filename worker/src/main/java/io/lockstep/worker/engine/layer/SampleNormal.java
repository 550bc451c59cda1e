package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Elementary;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/**
 * z = m + e^(s / 2) r with r standard normal: [m, s], means and logarithms of variances, become as
 * many normal numbers, through which the gradient flows (Kingma, Welling 2014, "Auto-encoding
 * variational Bayes", section 2.4). In inference z = m.
 */
final class SampleNormal implements Layer {
  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "sample-normal",
          "normal numbers of given means and log variances, [m, s] side by side; in inference the"
              + " means (Kingma, Welling 2014)",
          List.of(),
          SampleNormal::new);

  private final Place place;

  private SampleNormal(Options section) {
    place = new Place(section);
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape shape = place.single(inputs);
    if (!shape.isFeatures() || shape.size() % 2 != 0) {
      throw place.needs(
          "[2 n], n means and n logarithms of variances", shape, "put a dense layer before it");
    }
    return Shape.of(shape.size() / 2);
  }

  @Override
  public Operation operation(Site site) {
    return new Work(site);
  }

  private static final class Work implements Operation {
    private final Site site;
    private final NormalNumbers numbers = new NormalNumbers();
    private final Buffer r;
    private final int n;

    Work(Site site) {
      this.site = site;
      this.n = site.outputShape().size();
      this.r = site.kernel().allocate(Math.multiplyExact(site.maxExamples(), n));
    }

    @Override
    public void forward(Pass pass) {
      if (!pass.isTraining()) {
        site.kernel().copyColumns(site.input(), 0, 2 * n, site.output(), 0, n, pass.examples(), n);
        return;
      }
      numbers.draw(pass, site.number(), r, pass.examples() * n);
      for (int e = 0; e < pass.examples(); e++) {
        for (int i = 0; i < n; i++) {
          double m = site.input().get(e * 2 * n + i);
          double s = site.input().get(e * 2 * n + n + i);
          site.output().set(e * n + i, m + Elementary.exp(s / 2) * r.get(e * n + i));
        }
      }
    }

    /** dm = dz, ds = dz r e^(s / 2) / 2. */
    @Override
    public void backward(Pass pass) {
      if (!site.wantsInputGradient()) {
        return;
      }
      boolean noisy = pass.isTraining();
      for (int e = 0; e < pass.examples(); e++) {
        for (int i = 0; i < n; i++) {
          double dz = site.outputGradient().get(e * n + i);
          double s = site.input().get(e * 2 * n + n + i);
          double ds = noisy ? dz * r.get(e * n + i) * Elementary.exp(s / 2) / 2 : 0;
          site.inputGradient().set(e * 2 * n + i, dz);
          site.inputGradient().set(e * 2 * n + n + i, ds);
        }
      }
    }
  }
}
