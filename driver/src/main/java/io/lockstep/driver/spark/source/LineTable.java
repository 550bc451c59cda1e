package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;

/**
 * Text files with a row a line. Plain files are read in parts, compressed ones whole.
 *
 * @param form of the rows
 * @param featureNames as {@link Table#featureNames}
 * @param hasTextLabels as {@link Table#hasTextLabels}
 */
record LineTable(
    Options options,
    Configuration hadoop,
    List<InputFile> files,
    LineFormat format,
    ExampleForm form,
    List<String> featureNames,
    boolean hasTextLabels)
    implements Table {
  private static final long PART_BYTES = 32 << 20;

  @Override
  public String shown() {
    return InputFile.show(options.get(SourceKeys.PATH));
  }

  @Override
  public RDD<String> labelTexts(SparkContext spark) {
    return parts(spark, 0, String.class, new LabelReader.Unread(), LineLabels::new);
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    return parts(spark, parts, Parsed.class, labels, rows -> rows);
  }

  /** What is made of a part's rows; travels to the executors. */
  private interface View<T> extends Serializable {
    Rows<T> of(LineRows rows);
  }

  private <T> RDD<T> parts(
      SparkContext spark, int parts, Class<T> element, LabelReader labels, View<T> view) {
    List<InputFile> read = files;
    LineFormat lines = format;
    List<FilePart> cut = new ArrayList<>();
    List<Integer> fileOf = new ArrayList<>();
    cut(parts, cut, fileOf);
    return new FileParts<>(
        spark,
        hadoop,
        cut,
        element,
        (conf, part) ->
            view.of(
                lines.open(
                    read.get(fileOf.get(part.index())), labels, conf, part.from(), part.to())));
  }

  private void cut(int parts, List<FilePart> cut, List<Integer> fileOf) {
    long bytes = files.stream().mapToLong(InputFile::length).sum();
    long partBytes = parts > 0 ? Math.max(1, (bytes + parts - 1) / parts) : PART_BYTES;
    for (int f = 0; f < files.size(); f++) {
      InputFile file = files.get(f);
      long count = file.compressed() ? 1 : Math.max(1, (file.length() + partBytes - 1) / partBytes);
      for (int i = 0; i < count; i++) {
        long to = i + 1 == count ? Long.MAX_VALUE : (i + 1) * partBytes;
        cut.add(new FilePart(cut.size(), file.path(), i * partBytes, to));
        fileOf.add(f);
      }
    }
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    return new FilesInOrder(
        files.stream()
            .<FilesInOrder.Opening>map(
                file -> () -> format.open(file, labels, hadoop, 0, Long.MAX_VALUE))
            .toList());
  }

  /** The line of a row by counting line feeds up to it, which only an error costs. */
  @Override
  public String place(Parsed.Bad row) {
    InputFile file =
        files.stream().filter(f -> f.path().equals(row.file())).findFirst().orElseThrow();
    long line = 1;
    try (InputStream in = file.open(hadoop)) {
      byte[] buffer = new byte[1 << 16];
      long left = row.position();
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          break;
        }
        for (int i = 0; i < read; i++) {
          line += buffer[i] == '\n' ? 1 : 0;
        }
        left -= read;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file.shown() + ": cannot be read again", e);
    }
    return file.shown() + ":" + line;
  }
}
