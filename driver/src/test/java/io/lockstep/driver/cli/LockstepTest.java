package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.driver.report.Build;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class LockstepTest {
  @TempDir private Path folder;

  static Stream<CommandLine> everyCommand() {
    return Stream.of(new CommandLine(new Lockstep())).flatMap(LockstepTest::andBelow);
  }

  private static Stream<CommandLine> andBelow(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream()
            .filter(child -> !child.getCommandName().equals("help"))
            .flatMap(LockstepTest::andBelow));
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyHelpHasAnExampleThatTheCommandLineUnderstands(CommandLine command) {
    List<String> path =
        List.of(
            command.getCommandSpec().qualifiedName().replaceFirst("^lockstep ?", "").split(" "));
    String[] arguments =
        Stream.concat(path.stream().filter(name -> !name.isEmpty()), Stream.of("--help"))
            .toArray(String[]::new);
    Output help = run(arguments);
    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    List<String> examples =
        help.out()
            .lines()
            .dropWhile(line -> !line.startsWith("Example"))
            .filter(line -> line.startsWith("  lockstep "))
            .toList();
    assertThat(examples).as(help.out()).isNotEmpty();
    for (String example : examples) {
      String[] words = example.strip().substring("lockstep ".length()).split(" +");
      new CommandLine(new Lockstep()).parseArgs(words);
    }
  }

  @Test
  void theVersionIsTheBuilds() {
    assertThat(run("--version"))
        .isEqualTo(
            new Output(
                0,
                "lockstep "
                    + Build.version()
                    + " (commit "
                    + Build.commit()
                    + ")"
                    + System.lineSeparator(),
                ""));
    assertThat(Build.version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
  }

  @Test
  void aWrongCommandLineIsOneMessageAndExitCodeTwo() {
    assertWrong("lockstep: Unmatched argument at index 0: 'dif'; did you mean 'diff'?", "dif");
    assertWrong("lockstep: Missing required parameter: 'RUN_DIR'", "diff", "x");
    assertWrong("lockstep: Unknown option: '--sett'", "diff", "a", "b", "--sett");
  }

  @Test
  void aRunDirectoryThatIsNoneIsRefusedWithExitCodeTwo() {
    Output output = run("diff", folder.toString(), folder.toString());
    assertThat(output)
        .isEqualTo(
            new Output(
                2,
                "",
                "lockstep: a run directory must have a config.yaml, got "
                    + folder
                    + "; name the folder that 'lockstep train' printed"
                    + System.lineSeparator()));
  }

  private static void assertWrong(String message, String... arguments) {
    Output output = run(arguments);
    assertThat(output.code()).isEqualTo(2);
    assertThat(output.out()).isEmpty();
    assertThat(output.err().lines().findFirst()).contains(message);
    assertThat(output.err().lines()).hasSizeLessThanOrEqualTo(2);
  }

  record Output(int code, String out, String err) {}

  static Output run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Lockstep.run(arguments, new PrintWriter(out), new PrintWriter(err));
    return new Output(code, out.toString(), err.toString());
  }
}
