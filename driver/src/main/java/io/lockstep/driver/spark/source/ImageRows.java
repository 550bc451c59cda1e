package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.driver.spark.source.ImagesSource.Pixels;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** Image files, a row each. A row's position is of no meaning: its file says where it is. */
final class ImageRows extends ReadAhead<Parsed> {
  private final Iterator<String> files;
  private final Pixels wanted;
  private final ExampleForm form;
  private final LabelReader labels;
  private final Configuration hadoop;

  ImageRows(Iterator<String> files, Pixels wanted, LabelReader labels, Configuration hadoop) {
    this.files = files;
    this.wanted = wanted;
    this.form = ImagesTable.form(wanted);
    this.labels = labels;
    this.hadoop = hadoop;
  }

  @Override
  @Nullable Parsed read() {
    if (!files.hasNext()) {
      return null;
    }
    String file = files.next();
    Picture picture;
    try {
      Path path = new Path(file);
      try (InputStream in = path.getFileSystem(hadoop).open(path)) {
        picture = Picture.read(in.readAllBytes(), wanted.channels());
      }
    } catch (IOException e) {
      return bad(file, "cannot be read as an image: " + e.getMessage());
    }
    boolean fits = picture.height() == wanted.height() && picture.width() == wanted.width();
    if (!fits && !wanted.resized()) {
      return bad(
          file,
          "an image must have the size of model.input, "
              + wanted.height()
              + " x "
              + wanted.width()
              + ", got "
              + picture.height()
              + " x "
              + picture.width()
              + " (height x width); size: ["
              + wanted.height()
              + ", "
              + wanted.width()
              + "] resizes");
    }
    return row(file, picture.resized(wanted.height(), wanted.width()));
  }

  private Parsed row(String file, Picture picture) {
    byte[] content = new byte[form.bytes()];
    System.arraycopy(picture.pixels(), 0, content, 0, form.features());
    if (wanted.labelled()) {
      String name = ImageFiles.label(file);
      float label = labels.read(name);
      if (Float.isNaN(label)) {
        return bad(file, "the label, the name of its folder, " + labels.refusal(name));
      }
      form.label(content, 0, label);
    }
    return new Parsed.Row(content);
  }

  private static Parsed bad(String file, String reason) {
    return new Parsed.Bad(file, 0, reason);
  }

  @Override
  public void close() {} // every file is closed when it has been read
}
