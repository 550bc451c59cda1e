package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.data.FeatureType;
import java.util.List;

/**
 * Text files as LIBSVM has them (C.-C. Chang, C.-J. Lin): {@code label index:value index:value
 * ...}, indices from 1, ascending; what is not written is 0. There are as many features as the
 * model takes. Rows are kept dense, four bytes a feature, as every other source's: that is what the
 * engine multiplies.
 */
final class LibsvmSource implements Source {
  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "libsvm",
          "Text files of LIBSVM's form, label index:value ..., indices from 1, as many features as"
              + " the model takes, also compressed.",
          List.of(SourceKeys.PATH, SourceKeys.ON_BAD_ROW),
          LibsvmSource::new);

  private final Options options;

  private LibsvmSource(Options options) {
    this.options = options;
  }

  @Override
  public Table open(Reading reading) {
    List<InputFile> files = InputFile.find(options, SourceKeys.PATH, reading.hadoop());
    boolean labelled = reading.labelled();
    ExampleForm form =
        new ExampleForm(FeatureType.FLOAT32, reading.width(), labelled ? 1 : 0, false);
    return new LineTable(
        options,
        reading.hadoop(),
        files,
        (file, labels, hadoop, from, to) -> new LibsvmRows(file, form, labels, hadoop, from, to),
        form,
        List.of(),
        labelled);
  }
}
