package io.lockstep.common.optim;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What to tell whoever chooses an update rule. Figures are those of the papers and libraries that
 * they name; plain sentences, no Markdown.
 *
 * @param paper authors, year and title of the formula's source, and where it is found
 * @param formula what an update does, symbol by symbol: lines of the rule's own documentation
 * @param purpose what it is for, and what speaks against it
 * @param rate learning rates to begin with
 * @param batches sizes of batches that it is known to work with
 */
public record Guide(String paper, String formula, String purpose, String rate, String batches) {
  private static final Pattern CITATION = Pattern.compile("^.*?\\b(19|20)[0-9]{2}\\b");

  /** The paper's authors and year, such as {@code Kingma, Ba 2015}. */
  public String citation() {
    Matcher matcher = CITATION.matcher(paper);
    return matcher.find() ? matcher.group() : paper;
  }
}
