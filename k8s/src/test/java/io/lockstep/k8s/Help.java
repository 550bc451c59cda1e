package io.lockstep.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What programs say of themselves, where they are installed. */
final class Help {
  private static final Map<String, String> SAID = new ConcurrentHashMap<>();

  private Help() {}

  /** The help of a program's command; empty where the program is not installed. */
  private static String of(String program, List<String> command) {
    List<String> line = new ArrayList<>();
    line.add(program);
    line.addAll(command);
    line.add(program.equals("curl") ? "-h" : "--help");
    return SAID.computeIfAbsent(String.join(" ", line), key -> ask(line));
  }

  /** Where the program is installed, its help must know the options. */
  static void mustKnow(
      String program, List<String> command, List<String> words, List<String> findings) {
    String help = of(program, command);
    for (String word : words) {
      String option = word.replaceFirst("=.*", "");
      if (option.startsWith("-") && !help.isEmpty()) {
        if (!Pattern.compile("(?<![\\w-])" + Pattern.quote(option) + "(?![\\w-])")
            .matcher(help)
            .find()) {
          findings.add(program + ": its help knows no option, got " + option);
        }
      }
    }
  }

  private static String ask(List<String> line) {
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException notInstalled) {
      if (String.valueOf(notInstalled.getMessage()).contains("Cannot run program")) {
        return "";
      }
      throw new UncheckedIOException(notInstalled);
    }
  }
}
