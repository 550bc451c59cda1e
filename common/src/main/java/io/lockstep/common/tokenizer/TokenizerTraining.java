package io.lockstep.common.tokenizer;

/**
 * Makes a tokenizer from texts. Which one depends on the texts alone, neither on their order nor on
 * how the machine reads them. For one thread.
 */
public interface TokenizerTraining {
  /** Learns from one more text, which is not joined to the ones before. */
  void learn(String text);

  /** The tokenizer of all texts so far. */
  Tokenizer finish();
}
