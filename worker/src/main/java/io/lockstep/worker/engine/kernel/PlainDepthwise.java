package io.lockstep.worker.engine.kernel;

/** The clear form: each formula as it is written. */
final class PlainDepthwise implements Depthwise {
  @Override
  public void forward(Window window, int multiplier, Buffer x, Buffer w, int count, Buffer z) {
    each(window, multiplier, count, (in, weight, out) -> add(z, out, x.get(in) * w.get(weight)));
  }

  @Override
  public void inputGradient(
      Window window, int multiplier, Buffer w, Buffer dz, int count, Buffer dx) {
    zero(dx, count * window.imageSize());
    each(window, multiplier, count, (in, weight, out) -> add(dx, in, dz.get(out) * w.get(weight)));
  }

  @Override
  public void weightGradient(
      Window window, int multiplier, Buffer x, Buffer dz, int count, Buffer dw) {
    zero(dw, window.places() * window.channels() * multiplier);
    each(window, multiplier, count, (in, weight, out) -> add(dw, weight, dz.get(out) * x.get(in)));
  }

  private interface Visitor {
    /** Visits the elements of x, w and z that meet in one product. */
    void visit(int in, int weight, int out);
  }

  private static void each(Window w, int multiplier, int count, Visitor visitor) {
    int filters = w.channels() * multiplier;
    PlainKernel.eachPlace(
        w,
        count,
        (position, place, pixel) -> {
          for (int f = 0; f < filters && pixel >= 0; f++) {
            visitor.visit(
                pixel * w.channels() + f / multiplier,
                f * w.places() + place,
                position * filters + f);
          }
        });
  }

  private static void add(Buffer sums, int index, double term) {
    sums.set(index, sums.get(index) + term);
  }

  private static void zero(Buffer buffer, int n) {
    for (int i = 0; i < n; i++) {
      buffer.set(i, 0);
    }
  }
}
