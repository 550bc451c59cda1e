package io.lockstep.driver.cli;

import io.lockstep.driver.catalogue.CataloguePage;
import io.lockstep.worker.engine.loss.Losses;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lockstep losses}. */
@Command(
    name = "losses",
    description =
        "Lists the losses with formula, range and when to use them,"
            + " and writes a page that draws them with their slopes; with NAME, one loss with its keys.",
    footer = {"", "Examples:", "  lockstep losses", "  lockstep losses huber --output huber.html"})
final class LossesCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CatalogueArguments arguments;

  @Override
  public Integer call() {
    arguments.show("loss", Losses.ALL, CataloguePage::ofLosses);
    return Lockstep.DONE;
  }
}
