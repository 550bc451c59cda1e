package io.lockstep.driver.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The command that Spark's own launcher makes for one of its programs (what {@code bin/spark-class}
 * does in a distribution): class path and module options are those of the Spark at hand.
 *
 * @param sparkHome a folder with Spark's jars in {@code jars}
 * @param environment of the program, which the launcher reads too
 */
public record SparkCommand(Path sparkHome, Map<String, String> environment) {
  /**
   * The words of the command.
   *
   * @param type the class of the program
   * @param errors where the launcher's own complaints go
   * @throws IOException where the launcher makes no command; the message ends with its complaints
   */
  public List<String> words(String type, List<String> arguments, Path errors) throws IOException {
    List<String> launcher = new ArrayList<>();
    launcher.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    launcher.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp"));
    launcher.add(sparkHome.resolve("jars") + "/*");
    launcher.add("org.apache.spark.launcher.Main");
    launcher.add(type);
    launcher.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(launcher).redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> words = words(output);
    if (words.isEmpty()) {
      throw new IOException(
          "Spark's launcher in "
              + sparkHome
              + " made no command for "
              + type
              + ":\n"
              + Files.readString(errors));
    }
    return words;
  }

  /**
   * {@code launcher.Main} prints NUL and newline, then the words of the command, each with a NUL.
   */
  private static List<String> words(String output) {
    return Arrays.stream(output.split("\0", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
