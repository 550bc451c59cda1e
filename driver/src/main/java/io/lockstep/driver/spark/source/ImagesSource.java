package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import java.util.List;

/** Image files, each labelled with the name of the folder that it lies in. */
final class ImagesSource implements Source {
  static final Key<String> PATH =
      Key.text(
              "path",
              "",
              "a folder with a folder of images for each label, or a pattern, on any file system of"
                  + " Hadoop's")
          .required();

  static final Key<List<Integer>> SIZE =
      Key.integers(
          "size",
          List.of(),
          Range.closed(1, 1 << 14),
          "[height, width] to which every image is resized, those of model.input; without it images"
              + " must have them");

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "images",
          "Image files (PNG, JPEG, GIF, BMP, TIFF) for model.input: [1, 3 or 4, height, width], the"
              + " label of each the name of its folder.",
          List.of(PATH, SIZE, SourceKeys.ON_BAD_ROW),
          ImagesSource::new);

  private final Options options;

  private ImagesSource(Options options) {
    this.options = options;
    options.get(PATH);
    List<Integer> size = options.get(SIZE);
    if (!size.isEmpty() && size.size() != 2) {
      throw options.error(SIZE, "must be [height, width]");
    }
  }

  @Override
  public Table open(Reading reading) {
    List<Integer> input = reading.input();
    if (input.size() != 3 || !List.of(1, 3, 4).contains(input.get(0))) {
      throw options.error(
          "needs model.input: [channels, height, width] of 1, 3 or 4 channels, got " + input);
    }
    List<Integer> size = options.get(SIZE);
    if (!size.isEmpty() && !size.equals(input.subList(1, 3))) {
      throw options.error(SIZE, "must be height and width of model.input, " + input.subList(1, 3));
    }
    List<String> files = ImageFiles.find(options, reading.hadoop());
    Pixels pixels =
        new Pixels(input.get(0), input.get(1), input.get(2), !size.isEmpty(), reading.labelled());
    return new ImagesTable(options, reading.hadoop(), files, pixels);
  }

  /**
   * What becomes of a file.
   *
   * @param channels 1, 3 or 4
   * @param height of the model's input
   * @param width of the model's input
   * @param resized whether images of other sizes are resized; they are refused otherwise
   * @param labelled whether labels are read
   */
  record Pixels(int channels, int height, int width, boolean resized, boolean labelled)
      implements java.io.Serializable {}
}
