package io.lockstep.common.tokenizer;

/** A text holds a character that the tokenizer was not trained with. */
public final class UnknownCharacterException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int index;

  UnknownCharacterException(String text, int index) {
    super(
        "the character '"
            + Character.toString(text.codePointAt(index))
            + "' ("
            + String.format("U+%04X", text.codePointAt(index))
            + ") is not in the training text; leave it out, or train with tokenizer:"
            + " {type: byte-pair}, which knows every character");
    this.index = index;
  }

  /** Where in the text the character is, in UTF-16 code units. */
  public int index() {
    return index;
  }
}
