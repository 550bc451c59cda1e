package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Text files with a header, a row a line. Plain files are read in parts, compressed ones whole. */
final class CsvSource implements Source {
  static final Key<String> DELIMITER =
      Key.text("delimiter", ",", "the character between two fields; \\t for a tabulator");

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "csv",
          "Text files with a header line, one example a line, also compressed.",
          List.of(
              SourceKeys.PATH,
              SourceKeys.LABEL,
              SourceKeys.WEIGHT,
              SourceKeys.FEATURES,
              DELIMITER,
              SourceKeys.ON_BAD_ROW),
          CsvSource::new);

  private final Options options;
  private final char delimiter;

  private CsvSource(Options options) {
    this.options = options;
    String text = options.get(DELIMITER).equals("\\t") ? "\t" : options.get(DELIMITER);
    if (text.length() != 1 || "\"\r\n".contains(text)) {
      throw options.error(DELIMITER, "must be one character, other than a quote");
    }
    this.delimiter = text.charAt(0);
  }

  @Override
  public Table open(Reading reading) {
    List<InputFile> files = InputFile.find(options, SourceKeys.PATH, reading.hadoop());
    InputFile first = files.get(0);
    List<String> header = header(first, reading.hadoop());
    Columns columns = Columns.choose(options, reading, header, first.shown());
    char split = delimiter;
    return new LineTable(
        options,
        reading.hadoop(),
        files,
        (file, labels, hadoop, from, to) ->
            new CsvRows(file, columns, split, labels, hadoop, from, to),
        columns.form(),
        columns.featureNames(),
        !columns.labels().isEmpty());
  }

  private List<String> header(InputFile file, Configuration hadoop) {
    try (InputStream in = file.open(hadoop);
        LineReader lines = new LineReader(in, 0)) {
      String line = lines.next();
      CsvFields fields = new CsvFields(delimiter);
      if (line == null || line.isBlank()) {
        throw new DataException(
            file.shown() + ":1: a CSV file must begin with the names of its columns, got nothing");
      }
      if (!fields.split(line)) {
        throw new DataException(file.shown() + ":1: a quote must be closed in its line");
      }
      return CsvRows.columnsOf(fields);
    } catch (IOException e) {
      throw new DataException(file.shown() + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
