package io.lockstep.driver.spark.source;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Pixels of an image, bytes, in the order channel, row, column.
 *
 * <p>Values are those of the file, without a colour profile and without a camera's turn. One
 * channel is grey: of colours (299 R + 587 G + 114 B + 500) / 1000. Three are red, green, blue;
 * grey gives all three. Four have opacity behind them, which is left out of one and three. Samples
 * of other than 8 bits are scaled to 0..255, rounded to the nearest.
 *
 * <p>PNG, BMP and GIF have one reading; a JPEG's pixels depend on the decoder of the JDK, whose
 * versions may differ by one step in places.
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record Picture(int channels, int height, int width, byte[] pixels) {
  private static final long MOST_PIXELS = 1L << 28;

  /**
   * Decodes an image file.
   *
   * @param channels 1, 3 or 4
   * @throws IOException whose message says what is wrong with it
   */
  static Picture read(byte[] file, int channels) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException(
            "an image must be "
                + String.join(", ", java.util.List.of("PNG", "JPEG", "GIF", "BMP", "TIFF"))
                + ", is none of them");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
          throw new IOException("an image must have at most 2^28 pixels");
        }
        return of(reader.read(0), channels);
      } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
        throw new IOException("the image is damaged: " + e.getMessage(), e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static Picture of(BufferedImage image, int channels) {
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] pixels = new byte[channels * height * width];
    int[] rgba = new int[4];
    int[] samples = new int[image.getRaster().getNumBands()];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        read(image, x, y, samples, rgba);
        int at = y * width + x;
        if (channels == 1) {
          pixels[at] = (byte) ((299 * rgba[0] + 587 * rgba[1] + 114 * rgba[2] + 500) / 1000);
        } else {
          for (int c = 0; c < channels; c++) {
            pixels[c * height * width + at] = (byte) rgba[c];
          }
        }
      }
    }
    return new Picture(channels, height, width, pixels);
  }

  /** Reads what the file has: the JDK's own conversion to RGB would bend grey by a gamma. */
  private static void read(BufferedImage image, int x, int y, int[] samples, int[] rgba) {
    ColorModel colors = image.getColorModel();
    Raster raster = image.getRaster();
    raster.getPixel(x, y, samples);
    if (colors instanceof IndexColorModel palette) {
      int pixel = samples[0];
      rgba[0] = palette.getRed(pixel);
      rgba[1] = palette.getGreen(pixel);
      rgba[2] = palette.getBlue(pixel);
      rgba[3] = palette.getAlpha(pixel);
      return;
    }
    int bands = samples.length;
    boolean grey = bands < 3;
    for (int c = 0; c < 3; c++) {
      rgba[c] = toByte(samples[grey ? 0 : c], colors.getComponentSize(grey ? 0 : c));
    }
    boolean alpha = colors.hasAlpha() && (bands == 2 || bands == 4);
    rgba[3] = alpha ? toByte(samples[bands - 1], colors.getComponentSize(bands - 1)) : 255;
  }

  private static int toByte(int sample, int bits) {
    if (bits == 8) {
      return sample & 0xFF;
    }
    long most = (1L << bits) - 1;
    return (int) (((sample & most) * 255 + most / 2) / most);
  }

  /** The picture in another size, by {@link Resampling}. */
  Picture resized(int newHeight, int newWidth) {
    if (newHeight == height && newWidth == width) {
      return this;
    }
    byte[] resized = new byte[channels * newHeight * newWidth];
    Resampling down = Resampling.of(height, newHeight);
    Resampling across = Resampling.of(width, newWidth);
    double[] narrow = new double[height * newWidth];
    for (int c = 0; c < channels; c++) {
      int plane = c * height * width;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < newWidth; x++) {
          double sum = 0;
          for (int k = across.first(x); k < across.end(x); k++) {
            sum += across.weight(x, k) * (pixels[plane + y * width + k] & 0xFF);
          }
          narrow[y * newWidth + x] = sum;
        }
      }
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          double sum = 0;
          for (int k = down.first(y); k < down.end(y); k++) {
            sum += down.weight(y, k) * narrow[k * newWidth + x];
          }
          resized[(c * newHeight + y) * newWidth + x] =
              (byte) Math.max(0, Math.min(255, (int) Math.floor(sum + 0.5)));
        }
      }
    }
    return new Picture(channels, newHeight, newWidth, resized);
  }
}
