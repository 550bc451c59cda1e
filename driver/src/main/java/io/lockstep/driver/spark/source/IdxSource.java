package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;

/**
 * Two files of unsigned bytes, features and labels, as MNIST has them. A plain file is read in
 * parts by row number; a compressed one in one piece, row by row.
 */
final class IdxSource implements Source {
  static final Key<String> FEATURES =
      Key.text("features", "", "the IDX file of the features, one row an example").required();

  static final Key<String> LABELS =
      Key.text(
          "labels",
          "",
          "the IDX file of the labels, one row an example: a class, or a class a pixel, where 255 is"
              + " none");

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "idx",
          "Two IDX files of unsigned bytes, as MNIST has them, also compressed.",
          List.of(FEATURES, LABELS, SourceKeys.ON_BAD_ROW),
          IdxSource::new);

  private final Options options;

  private IdxSource(Options options) {
    this.options = options;
    options.get(FEATURES);
  }

  @Override
  public Table open(Reading reading) {
    Configuration hadoop = reading.hadoop();
    InputFile features = only(FEATURES, hadoop);
    IdxHeader header = IdxHeader.read(features, hadoop);
    if (!reading.labelled()) {
      return new IdxTable(options, hadoop, new IdxFiles(features, header, null, null));
    }
    if (options.get(LABELS).isEmpty()) {
      throw Sources.unlabelled(options, LABELS);
    }
    InputFile labels = only(LABELS, hadoop);
    IdxHeader labelHeader = IdxHeader.read(labels, hadoop);
    if (labelHeader.rows() != header.rows()) {
      throw new DataException(
          options.path()
              + ": features and labels must be as many, got "
              + header.rows()
              + " in "
              + features.shown()
              + " and "
              + labelHeader.rows()
              + " in "
              + labels.shown());
    }
    return new IdxTable(options, hadoop, new IdxFiles(features, header, labels, labelHeader));
  }

  private InputFile only(Key<String> key, Configuration hadoop) {
    List<InputFile> files = InputFile.find(options, key, hadoop);
    if (files.size() > 1) {
      throw options.error(key, "must name one file, not " + files.size());
    }
    return files.get(0);
  }

  /** What a task needs to read rows. */
  record IdxFiles(
      InputFile features,
      IdxHeader header,
      @Nullable InputFile labels,
      @Nullable IdxHeader labelHeader)
      implements java.io.Serializable {
    ExampleForm form() {
      int labelNumbers = labelHeader == null ? 0 : labelHeader.rowBytes();
      return new ExampleForm(FeatureType.UINT8, header.rowBytes(), labelNumbers, false);
    }
  }

  private record IdxTable(Options options, Configuration hadoop, IdxFiles files) implements Table {
    private static final long PART_BYTES = 32 << 20;

    @Override
    public String shown() {
      return files.features().shown();
    }

    @Override
    public ExampleForm form() {
      return files.form();
    }

    @Override
    public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
      IdxFiles read = files;
      return new FileParts<>(
          spark,
          hadoop,
          cut(parts),
          Parsed.class,
          (conf, part) -> new IdxRows(read, labels, conf, part.from(), part.to()));
    }

    private List<FilePart> cut(int parts) {
      IdxHeader header = files.header();
      long wanted = parts > 0 ? parts : header.offset(header.rows()) / PART_BYTES + 1;
      boolean whole = files.features().compressed();
      long count = whole ? 1 : Math.max(1, Math.min(wanted, header.rows()));
      List<FilePart> cut = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        cut.add(
            new FilePart(
                i,
                files.features().path(),
                i * (long) header.rows() / count,
                (i + 1L) * header.rows() / count));
      }
      return cut;
    }

    @Override
    public Rows<Parsed> inOrder(LabelReader labels) {
      return new IdxRows(files, labels, hadoop, 0, files.header().rows());
    }
  }
}
