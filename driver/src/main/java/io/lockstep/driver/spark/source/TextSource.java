package io.lockstep.driver.spark.source;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import io.lockstep.common.tokenizer.Tokenizer;
import io.lockstep.common.tokenizer.TokenizerTraining;
import io.lockstep.common.tokenizer.Tokenizers;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Text as windows of tokens: the features are {@code length} tokens of a file, the labels the token
 * that follows each. The first window begins with the file, each other one {@code stride} tokens
 * behind the one before; one that would pass the end of its file is left out. A line feed is a
 * character like others. The tokenizer is trained from the files of the training data, in this
 * process, one file after another; every other source of the run uses the same one.
 */
final class TextSource implements Source {
  static final Key<Integer> LENGTH =
      Key.integer(
              "length", 0, Range.closed(1, 1 << 20), "tokens of an example; model.input: [length]")
          .required();

  /** 0 where it is not written: the length. */
  static final Key<Integer> STRIDE =
      Key.integer(
          "stride",
          0,
          Range.closed(1, 1 << 20),
          "tokens from the beginning of an example to that of the next; length without it");

  static final Key<Options> TOKENIZER =
      Key.named(
          "tokenizer",
          "character",
          "what makes tokens of text; trained from data.train, kept in the run's folder");

  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "text",
          "Text files (UTF-8), also compressed: each example some tokens, labelled with those that"
              + " follow; data.labels.classes is the number of tokens or more.",
          List.of(SourceKeys.PATH, LENGTH, STRIDE, TOKENIZER),
          TextSource::new);

  private final Options options;
  private final TokenizerTraining training;

  private TextSource(Options options) {
    this.options = options;
    options.get(LENGTH);
    options.get(STRIDE);
    this.training = Tokenizers.REGISTRY.create(options.get(TOKENIZER));
  }

  @Override
  public Table open(Reading reading) {
    List<InputFile> files = InputFile.find(options, SourceKeys.PATH, reading.hadoop());
    Tokenizer known = reading.tokenizer();
    Tokenizer tokenizer = known == null ? train(files, reading.hadoop()) : known;
    int length = options.get(LENGTH);
    int stride = options.has(STRIDE) ? options.get(STRIDE) : length;
    Windows windows = new Windows(tokenizer, length, stride, reading.labelled());
    return new TextTable(options, reading.hadoop(), files, windows);
  }

  private Tokenizer train(List<InputFile> files, Configuration hadoop) {
    for (InputFile file : files) {
      try {
        training.learn(TextFile.read(file, hadoop));
      } catch (IOException e) {
        throw new DataException(file.shown() + ": " + e.getMessage(), e);
      }
    }
    return training.finish();
  }

  /**
   * What becomes of a file.
   *
   * @param tokenizer makes its tokens
   * @param length tokens of an example
   * @param stride tokens from one example to the next
   * @param labelled whether examples have labels
   */
  record Windows(Tokenizer tokenizer, int length, int stride, boolean labelled)
      implements java.io.Serializable {}
}
