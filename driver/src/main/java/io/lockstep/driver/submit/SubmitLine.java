package io.lockstep.driver.submit;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A line of spark-submit.
 *
 * @param environment what must be set for it, by name
 * @param options what spark-submit is told, an option and its value together, such as {@code
 *     --master} and {@code yarn}
 * @param application the application's jar and its arguments
 * @param notes what the user should know
 */
public record SubmitLine(
    SortedMap<String, String> environment,
    List<List<String>> options,
    List<String> application,
    List<String> notes) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");
  private static final String NEXT = " \\\n  ";

  /** Copies. */
  public SubmitLine {
    environment = new TreeMap<>(environment);
    options = options.stream().map(List::copyOf).toList();
    application = List.copyOf(application);
    notes = List.copyOf(notes);
  }

  /** The arguments of spark-submit. */
  public List<String> arguments() {
    List<String> arguments = options.stream().flatMap(List::stream).collect(Collectors.toList());
    arguments.addAll(application);
    return arguments;
  }

  /** The value of a setting that the line names with {@code --conf}; empty where it names none. */
  public String setting(String name) {
    return options.stream()
        .filter(option -> option.get(0).equals("--conf"))
        .map(option -> option.get(1))
        .filter(setting -> setting.startsWith(name + "="))
        .map(setting -> setting.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** As a shell takes it, an option a line. */
  public String show() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      text.append(variable.getKey()).append('=').append(quoted(variable.getValue())).append(' ');
    }
    text.append("spark-submit");
    for (List<String> option : options) {
      text.append(NEXT).append(quoted(option));
    }
    return text.append(NEXT).append(quoted(application)).toString();
  }

  private static String quoted(List<String> words) {
    return words.stream().map(SubmitLine::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
