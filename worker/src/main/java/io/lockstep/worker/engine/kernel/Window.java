package io.lockstep.worker.engine.kernel;

/**
 * A window that moves over an image, as convolutions and pools do. Images are stored channels last:
 * [height, width, channels].
 *
 * @param height rows of the image
 * @param width columns of the image
 * @param channels numbers of a pixel
 * @param windowHeight rows that the window sees
 * @param windowWidth columns that the window sees
 * @param strideY rows between two positions
 * @param strideX columns between two positions
 * @param padTop rows of zeros above the image
 * @param padLeft columns of zeros left of the image
 * @param outHeight positions down
 * @param outWidth positions across
 */
public record Window(
    int height,
    int width,
    int channels,
    int windowHeight,
    int windowWidth,
    int strideY,
    int strideX,
    int padTop,
    int padLeft,
    int outHeight,
    int outWidth) {
  /** Numbers of an image. */
  public int imageSize() {
    return height * width * channels;
  }

  /** Pixels that the window sees. */
  public int places() {
    return windowHeight * windowWidth;
  }

  /** Numbers that the window sees: a row of an unfolded image. */
  public int rowSize() {
    return places() * channels;
  }

  /** Positions of the window on an image. */
  public int positions() {
    return outHeight * outWidth;
  }

  /** Numbers of an output with as many channels as the image. */
  public int outSize() {
    return positions() * channels;
  }
}
