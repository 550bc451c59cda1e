package io.lockstep.driver.cli;

import io.lockstep.driver.catalogue.CataloguePage;
import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.guide.Described;
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

/** {@code lockstep activations}. */
@Command(
    name = "activations",
    description =
        "Lists the activations with formula, range and when to use them,"
            + " and writes a page that draws them with their derivatives; with NAME, one activation with its keys.",
    footer = {
      "",
      "Examples:",
      "  lockstep activations",
      "  lockstep activations gelu --output gelu.html"
    })
final class ActivationsCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..1", description = "the type of an activation")
  private @Nullable String name;

  @Option(
      names = "--output",
      paramLabel = "FILE.html",
      description = "The page (default: activations.html; with NAME none).")
  private @Nullable Path page;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Described<Activation>> shown =
        name == null
            ? Activations.ALL
            : List.of(Named.find("activation", name, Activations.ALL, Described::name));
    Path file = page == null && name == null ? Path.of("activations.html") : page;
    if (file != null) {
      OutputFile.check("--output", file);
    }
    if (name == null) {
      GuideText.printAll(shown, out);
    } else {
      GuideText.print(shown.get(0), out);
    }
    if (file != null) {
      OutputFile.write(file, CataloguePage.ofActivations(shown));
      out.println("\npage: " + file);
    }
    return Lockstep.DONE;
  }
}
