package io.lockstep.driver.spark.source;

import io.lockstep.common.data.ExampleForm;
import io.lockstep.common.tokenizer.UnknownCharacterException;
import io.lockstep.driver.spark.source.TextSource.Windows;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The windows of one text file, in order. The file is read when the first is asked for. */
final class TextRows extends ReadAhead<Parsed> {
  private final InputFile file;
  private final Windows windows;
  private final Configuration hadoop;
  private final ExampleForm form;
  private int @Nullable [] tokens;
  private int at;

  TextRows(InputFile file, Windows windows, Configuration hadoop) {
    this.file = file;
    this.windows = windows;
    this.hadoop = hadoop;
    this.form = TextTable.form(windows);
  }

  @Override
  @Nullable Parsed read() {
    int[] all = tokens;
    if (all == null) {
      String text;
      try {
        text = TextFile.read(file, hadoop);
      } catch (IOException e) {
        return broken(file.path(), e.getMessage());
      }
      try {
        all = windows.tokenizer().encode(text);
      } catch (UnknownCharacterException e) {
        long line = 1 + text.substring(0, e.index()).chars().filter(c -> c == '\n').count();
        return broken(file.path() + ":" + line, e.getMessage());
      }
      tokens = all;
    }
    int needed = windows.length() + (windows.labelled() ? 1 : 0);
    if (all.length - at < needed) {
      return null;
    }
    byte[] content = new byte[form.bytes()];
    for (int j = 0; j < windows.length(); j++) {
      form.feature(content, j, all[at + j]);
    }
    for (int k = 0; k < form.labels(); k++) {
      form.label(content, k, all[at + 1 + k]);
    }
    at += Math.min(windows.stride(), all.length - at);
    return new Parsed.Row(content);
  }

  private Parsed broken(String place, @Nullable String reason) {
    tokens = new int[0];
    return new Parsed.Broken(place, String.valueOf(reason));
  }

  @Override
  public void close() {
    tokens = new int[0];
  }
}
