package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.driver.spark.source.IdxSource.IdxFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Rows {@code from} .. {@code to} - 1 of a pair of IDX files. Row numbers in errors count from 1.
 */
final class IdxRows extends ReadAhead<Parsed> {
  private final IdxFiles files;
  private final LabelReader labels;
  private final ExampleForm form;
  private final InputStream featureBytes;
  private final @Nullable InputStream labelBytes;
  private final byte[] label;
  private final long to;
  private long row;
  private boolean ended;

  IdxRows(IdxFiles files, LabelReader labels, Configuration hadoop, long from, long to) {
    this.files = files;
    this.labels = labels;
    this.form = files.form();
    this.label = new byte[form.labels()];
    this.row = from;
    this.to = to;
    try {
      featureBytes =
          new BufferedInputStream(
              files.features().open(hadoop, files.header().offset(from)), 1 << 16);
      labelBytes =
          files.labels() == null || files.labelHeader() == null
              ? null
              : new BufferedInputStream(
                  files.labels().open(hadoop, files.labelHeader().offset(from)));
    } catch (IOException e) {
      throw new UncheckedIOException(files.features().shown() + ": cannot be opened", e);
    }
  }

  @Override
  @Nullable Parsed read() {
    if (ended) {
      return null;
    }
    try {
      return row < to ? row() : end();
    } catch (IOException e) {
      return broken(files.features(), "cannot be read beyond row " + row + ": " + e.getMessage());
    }
  }

  private Parsed row() throws IOException {
    byte[] content = new byte[form.bytes()];
    int read = featureBytes.readNBytes(content, 0, form.features());
    row++;
    if (read < form.features()) {
      return broken(files.features(), endsEarly());
    }
    if (labelBytes != null && labelBytes.readNBytes(label, 0, label.length) < label.length) {
      return broken(Objects.requireNonNull(files.labels()), endsEarly());
    }
    return labelled(content);
  }

  private String endsEarly() {
    return "ends within row " + row + "; by its header it has " + files.header().rows();
  }

  /** A compressed file says only at its end whether it is as long as its header claims. */
  private @Nullable Parsed end() throws IOException {
    if (row == files.header().rows() && featureBytes.read() >= 0) {
      return broken(files.features(), "does not end after row " + row + ", its last by its header");
    }
    if (row == files.header().rows() && labelBytes != null && labelBytes.read() >= 0) {
      return broken(
          Objects.requireNonNull(files.labels()),
          "does not end after row " + row + ", its last by its header");
    }
    return null;
  }

  private Parsed broken(InputFile file, String reason) {
    ended = true;
    return new Parsed.Broken(file.path(), reason);
  }

  private Parsed labelled(byte[] content) {
    for (int k = 0; k < label.length; k++) {
      int written = label[k] & 0xFF;
      float number = labels.readByte(written);
      if (Float.isNaN(number)) {
        String file = Objects.requireNonNull(files.labels()).path();
        String which = label.length == 1 ? "the label " : "label " + k + " ";
        return new Parsed.Bad(file, row, which + labels.refusal(Integer.toString(written)));
      }
      form.label(content, k, number);
    }
    return new Parsed.Row(content);
  }

  @Override
  public void close() {
    try (featureBytes) {
      if (labelBytes != null) {
        labelBytes.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(files.features().shown() + ": cannot be closed", e);
    }
  }
}
