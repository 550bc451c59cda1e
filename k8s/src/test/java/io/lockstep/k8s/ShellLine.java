package io.lockstep.k8s;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A line of a shell, as far as the documents use one: words, quotes, pipes, lists, $(...). */
final class ShellLine {
  private static final Pattern INNER = Pattern.compile("\\$\\(([^()]*)\\)");
  private static final Pattern COMMENT = Pattern.compile("(^|\\s)#.*");
  private static final Pattern SEPARATOR = Pattern.compile("\\s*(?:\\|\\|?|&&|;)\\s*");
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?:export )?[A-Za-z_]+=(?:[^\\s\"']|\"[^\"]*\"|'[^']*')*");
  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");

  private ShellLine() {}

  /** The programs that a line calls with their arguments, those in $(...) first. */
  static List<List<String>> commands(String line) {
    List<List<String>> commands = new ArrayList<>();
    String rest = COMMENT.matcher(line).replaceFirst("").strip();
    for (Matcher inner = INNER.matcher(rest); inner.find(); inner = INNER.matcher(rest)) {
      commands.addAll(commands(inner.group(1)));
      rest = inner.replaceFirst("SUBSTITUTED");
    }
    for (String part : SEPARATOR.split(rest, -1)) {
      String command = ASSIGNMENT.matcher(part).lookingAt() ? withoutAssignments(part) : part;
      if (!command.isEmpty()) {
        commands.add(words(command));
      }
    }
    return commands;
  }

  private static String withoutAssignments(String part) {
    String rest = part;
    for (Matcher m = ASSIGNMENT.matcher(rest); m.lookingAt(); m = ASSIGNMENT.matcher(rest)) {
      rest = rest.substring(m.end()).strip();
    }
    return rest;
  }

  private static List<String> words(String command) {
    Stream<String> words = WORD.matcher(command).results().map(word -> word.group());
    return words.map(word -> word.replaceAll("[\"']", "")).toList();
  }
}
