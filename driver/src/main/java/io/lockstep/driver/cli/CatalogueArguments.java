package io.lockstep.driver.cli;

import io.lockstep.worker.engine.guide.Described;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code [NAME] [--output FILE.html]}: a list with a page that draws it, or one of it. */
final class CatalogueArguments {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "the type of one of them")
  private @Nullable String name;

  @Option(
      names = "--output",
      paramLabel = "FILE.html",
      description = "The page (default: ${COMMAND-NAME}.html; with NAME none).")
  private @Nullable Path page;

  /**
   * Prints and draws.
   *
   * @param thing what each of them is, for errors
   * @param drawn the page of some of them
   */
  <T> void show(String thing, List<Described<T>> all, Function<List<Described<T>>, String> drawn) {
    PrintWriter out = command.commandLine().getOut();
    List<Described<T>> shown =
        name == null ? all : List.of(Named.find(thing, name, all, Described::name));
    Path file = page == null && name == null ? Path.of(command.name() + ".html") : page;
    if (file != null) {
      OutputFile.check("--output", file);
    }
    if (name == null) {
      GuideText.printAll(shown, out);
    } else {
      GuideText.print(shown.get(0), out);
    }
    if (file != null) {
      OutputFile.write(file, drawn.apply(shown));
      out.println("\npage: " + file);
    }
  }
}
