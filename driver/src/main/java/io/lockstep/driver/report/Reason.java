package io.lockstep.driver.report;

import java.nio.file.FileSystemException;
import java.util.regex.Pattern;

/** Why something failed, in words for the user. */
public final class Reason {
  /** What came from another process, such as a name node, brings its stack trace along. */
  private static final Pattern STACK_TRACE = Pattern.compile("\\R\\s*at .*", Pattern.DOTALL);

  private Reason() {}

  /** The message of a failure, and of what lies under it where that adds words. */
  public static String of(Throwable failure) {
    StringBuilder reason = new StringBuilder(words(failure));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String words = words(cause);
      if (!reason.toString().contains(words)) {
        reason.append(": ").append(words);
      }
    }
    return reason.toString();
  }

  /** With the kind of failure where the message does not say it: a file's name, a resource. */
  private static String words(Throwable failure) {
    String kind = failure.getClass().getSimpleName();
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return kind;
    }
    String words = STACK_TRACE.matcher(message).replaceFirst("").strip();
    boolean bare = failure instanceof FileSystemException || failure instanceof Error;
    return bare ? kind + ": " + words : words;
  }
}
