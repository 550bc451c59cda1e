package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import io.lockstep.common.tokenizer.Tokenizer;
import io.lockstep.driver.spark.source.TextSource.Windows;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.rdd.RDD;

/** Text files, a partition a file; each is read as a whole or not at all. */
record TextTable(Options options, Configuration hadoop, List<InputFile> files, Windows windows)
    implements SoundTable {

  static ExampleForm form(Windows windows) {
    int labels = windows.labelled() ? windows.length() : 0;
    return new ExampleForm(FeatureType.FLOAT32, windows.length(), labels, false);
  }

  @Override
  public String shown() {
    return InputFile.show(options.get(SourceKeys.PATH));
  }

  @Override
  public ExampleForm form() {
    return form(windows);
  }

  @Override
  public Tokenizer tokenizer() {
    return windows.tokenizer();
  }

  @Override
  public RDD<Parsed> rows(SparkContext spark, LabelReader labels, int parts) {
    List<InputFile> read = files;
    Windows cut = windows;
    List<FilePart> whole =
        IntStream.range(0, files.size())
            .mapToObj(f -> new FilePart(f, files.get(f).path(), 0, Long.MAX_VALUE))
            .toList();
    return new FileParts<>(
        spark,
        hadoop,
        whole,
        Parsed.class,
        (conf, part) -> new TextRows(read.get(part.index()), cut, conf));
  }

  @Override
  public Rows<Parsed> inOrder(LabelReader labels) {
    return new FilesInOrder(
        files.stream()
            .<FilesInOrder.Opening>map(file -> () -> new TextRows(file, windows, hadoop))
            .toList());
  }
}
