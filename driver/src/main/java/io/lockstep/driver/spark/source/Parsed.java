package io.lockstep.driver.spark.source;

/** What became of one row of a source. */
public sealed interface Parsed {
  /**
   * A row as it will be learned from.
   *
   * @param content in the form of {@code common.data}; belongs to the receiver
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  record Row(byte[] content) implements Parsed {}

  /**
   * A row that is refused.
   *
   * @param file where it is
   * @param position where in the file: a byte offset or a row's number, as {@link Table#place}
   *     reads it
   * @param reason what is wrong with it, after its place
   */
  record Bad(String file, long position, String reason) implements Parsed {}

  /**
   * A file that cannot be read on, which no setting forgives.
   *
   * @param file which
   * @param reason what is wrong with it, after its name
   */
  record Broken(String file, String reason) implements Parsed {
    /** File and reason. */
    public String message() {
      return InputFile.show(file) + ": " + reason;
    }
  }
}
