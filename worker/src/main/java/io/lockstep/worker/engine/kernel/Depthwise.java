package io.lockstep.worker.engine.kernel;

/**
 * A convolution of every channel by itself: output channel f sees channel f / multiplier of the
 * image, so that there are channels x multiplier output channels, here {@code filters}. In direct
 * loops, because products of matrices of one column are slow.
 */
public interface Depthwise {
  /**
   * z[p, f] = z[p, f] + the sum over the places of x[pixel(p, place), f / multiplier] w[f, place].
   *
   * @param x [count, height, width, channels]
   * @param w [filters, windowHeight, windowWidth]
   * @param z [count, outHeight, outWidth, filters]
   */
  void forward(Window window, int multiplier, Buffer x, Buffer w, int count, Buffer z);

  /**
   * dx = the gradient with respect to x.
   *
   * @param w [filters, windowHeight, windowWidth]
   * @param dz [count, outHeight, outWidth, filters]
   * @param dx [count, height, width, channels], written
   */
  void inputGradient(Window window, int multiplier, Buffer w, Buffer dz, int count, Buffer dx);

  /**
   * dw = the gradient with respect to w, summed over the images.
   *
   * @param x [count, height, width, channels]
   * @param dz [count, outHeight, outWidth, filters]
   * @param dw [filters, windowHeight, windowWidth], written
   */
  void weightGradient(Window window, int multiplier, Buffer x, Buffer dz, int count, Buffer dw);
}
