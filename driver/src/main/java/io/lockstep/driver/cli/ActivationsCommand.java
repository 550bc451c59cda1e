package io.lockstep.driver.cli;

import io.lockstep.driver.catalogue.CataloguePage;
import io.lockstep.worker.engine.activation.Activations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CatalogueArguments arguments;

  @Override
  public Integer call() {
    arguments.show("activation", Activations.ALL, CataloguePage::ofActivations);
    return Lockstep.DONE;
  }
}
