package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** Rows {@code from} .. {@code to} - 1 of arrays. Row numbers in errors count from 1. */
final class NpyRows extends ReadAhead<Parsed> {
  private final NpyPair pair;
  private final LabelReader labels;
  private final ExampleForm form;
  private final InputStream featureBytes;
  private final @Nullable InputStream labelBytes;
  private final byte[] features;
  private final byte[] label;
  private final ByteBuffer featureView;
  private final ByteBuffer labelView;
  private final long to;
  private long row;

  NpyRows(NpyPair pair, LabelReader labels, Configuration hadoop, long from, long to) {
    this.pair = pair;
    this.labels = labels;
    this.form = pair.form();
    this.row = from;
    this.to = to;
    NpyHeader header = pair.features().header();
    NpyArray labelArray = pair.labels();
    this.features = new byte[header.rowBytes()];
    this.featureView = header.type().view(features);
    this.label = new byte[labelArray == null ? 0 : labelArray.header().rowBytes()];
    this.labelView = (labelArray == null ? header : labelArray.header()).type().view(label);
    try {
      featureBytes = pair.features().rows(hadoop, from, to);
      labelBytes = labelArray == null ? null : labelArray.rows(hadoop, from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(pair.features().shown() + ": cannot be opened", e);
    }
  }

  @Override
  @Nullable Parsed read() {
    if (row >= to) {
      return null;
    }
    row++;
    try {
      if (featureBytes.readNBytes(features, 0, features.length) < features.length) {
        return broken(pair.features());
      }
      if (labelBytes != null && labelBytes.readNBytes(label, 0, label.length) < label.length) {
        return broken(Objects.requireNonNull(pair.labels()));
      }
    } catch (IOException e) {
      String file = pair.features().file().path();
      long last = row - 1;
      row = to;
      return new Parsed.Broken(file, "cannot be read beyond row " + last + ": " + e.getMessage());
    }
    return row();
  }

  private Parsed broken(NpyArray array) {
    long at = row;
    row = to;
    return new Parsed.Broken(
        array.file().path(),
        "ends within row " + at + "; by its header it has " + array.header().rows());
  }

  private Parsed row() {
    byte[] content = new byte[form.bytes()];
    NpyType type = pair.features().header().type();
    if (form.type() == FeatureType.UINT8) {
      System.arraycopy(features, 0, content, 0, features.length);
    } else {
      for (int j = 0; j < form.features(); j++) {
        double read = type.read(featureView, j);
        float value = (float) read;
        if (!Float.isFinite(value)) {
          return bad(pair.features(), "number " + j + " must be finite, got '" + read + "'");
        }
        form.feature(content, j, value);
      }
    }
    return labelled(content);
  }

  private Parsed labelled(byte[] content) {
    for (int k = 0; k < form.labels(); k++) {
      NpyArray array = Objects.requireNonNull(pair.labels());
      NpyType type = array.header().type();
      double written = type.read(labelView, k);
      float number = type.isByte() ? labels.readByte((int) written) : labels.read(written);
      if (Float.isNaN(number)) {
        String shown =
            written == Math.rint(written) && Math.abs(written) < 1e15
                ? Long.toString((long) written)
                : Double.toString(written);
        return bad(
            array,
            (form.labels() == 1 ? "the label " : "label " + k + " ") + labels.refusal(shown));
      }
      form.label(content, k, number);
    }
    return new Parsed.Row(content);
  }

  private Parsed bad(NpyArray array, String reason) {
    return new Parsed.Bad(array.file().path(), row, reason);
  }

  @Override
  public void close() {
    try (featureBytes) {
      if (labelBytes != null) {
        labelBytes.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(pair.features().shown() + ": cannot be closed", e);
    }
  }
}
