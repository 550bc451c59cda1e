package io.lockstep.common.optim;

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
public record Guide(String paper, String formula, String purpose, String rate, String batches) {}
