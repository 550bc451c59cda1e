package io.lockstep.driver.cli;

import io.lockstep.driver.catalogue.CataloguePage;
import io.lockstep.worker.engine.guide.Described;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep losses}. */
@Command(
    name = "losses",
    description =
        "Lists the losses with formula, range and when to use them,"
            + " and writes a page that draws them with their slopes; with NAME, one loss with its keys.",
    footer = {"", "Examples:", "  lockstep losses", "  lockstep losses huber --output huber.html"})
final class LossesCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "the type of a loss")
  private @Nullable String name;

  @Option(
      names = "--output",
      paramLabel = "FILE.html",
      description = "The page (default: losses.html; with NAME none).")
  private @Nullable Path page;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Described<Loss>> shown =
        name == null ? Losses.ALL : List.of(Named.find("loss", name, Losses.ALL, Described::name));
    Path file = page == null && name == null ? Path.of("losses.html") : page;
    if (file != null) {
      OutputFile.check("--output", file);
    }
    if (name == null) {
      GuideText.printAll(shown, out);
    } else {
      GuideText.print(shown.get(0), out);
    }
    if (file != null) {
      OutputFile.write(file, CataloguePage.ofLosses(shown));
      out.println("\npage: " + file);
    }
    return Lockstep.DONE;
  }
}
