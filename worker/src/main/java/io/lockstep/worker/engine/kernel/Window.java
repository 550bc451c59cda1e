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
 * @param dilationY rows between two neighbouring places of the window, 1 where it sees all
 * @param dilationX columns between two neighbouring places of the window
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
    int dilationY,
    int dilationX,
    int padTop,
    int padLeft,
    int outHeight,
    int outWidth) {
  /** A window that sees all pixels between its corners. */
  public Window(
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
    this(
        height,
        width,
        channels,
        windowHeight,
        windowWidth,
        strideY,
        strideX,
        1,
        1,
        padTop,
        padLeft,
        outHeight,
        outWidth);
  }

  /** The same window over images of so many channels. */
  public Window withChannels(int number) {
    return new Window(
        height,
        width,
        number,
        windowHeight,
        windowWidth,
        strideY,
        strideX,
        dilationY,
        dilationX,
        padTop,
        padLeft,
        outHeight,
        outWidth);
  }

  /** Numbers of an image. */
  public int imageSize() {
    return height * width * channels;
  }

  /** Whether every position sees its own pixel and nothing else, so that unfolding is copying. */
  public boolean isPointwise() {
    return places() == 1
        && positions() == height * width
        && padTop == 0
        && padLeft == 0
        && strideY == 1
        && strideX == 1;
  }

  /** Rows from the first to the last that the window sees. */
  public int reachY() {
    return (windowHeight - 1) * dilationY + 1;
  }

  /** Columns from the first to the last that the window sees. */
  public int reachX() {
    return (windowWidth - 1) * dilationX + 1;
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
