package io.lockstep.driver.cli;

import java.io.PrintWriter;

/** Prints texts beside their labels, in lines of at most 100 characters. */
final class Paragraphs {
  private static final int WIDTH = 100;
  private static final int INDENT = 10;

  private Paragraphs() {}

  /** A label and a text that goes on below itself. */
  static void print(String label, String text, PrintWriter out) {
    StringBuilder line = new StringBuilder("  " + label);
    line.append(" ".repeat(INDENT - line.length()));
    int begin = line.length();
    for (String word : text.split(" ", -1)) {
      if (line.length() > begin && line.length() + 1 + word.length() > WIDTH) {
        out.println(line);
        line = new StringBuilder(" ".repeat(INDENT));
      }
      line.append(line.length() > begin ? " " : "").append(word);
    }
    out.println(line);
  }
}
