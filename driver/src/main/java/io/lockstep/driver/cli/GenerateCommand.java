package io.lockstep.driver.cli;

import io.lockstep.driver.TextGenerator;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep generate}. */
@Command(
    name = "generate",
    description = "Writes text with a model that was trained on text.",
    footer = {"", "Example:", "  lockstep generate runs/kjv --prompt Blessed --tokens 200"})
final class GenerateCommand implements Callable<Integer> {
  @Mixin
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private FinishedRun run;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      required = true,
      description = "What the text begins with.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String prompt;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many tokens to add (default: ${DEFAULT-VALUE}).")
  private int tokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description =
          "Below 1 likely tokens become likelier, above it less so; 0 always takes the likeliest"
              + " (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "0",
      description = "Another seed, another text (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws IOException {
    if (tokens < 0) {
      throw run.refused("--tokens must be at least 0, got " + tokens);
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw run.refused("--temperature must be finite and at least 0, got " + temperature);
    }
    run.use(
        model ->
            run.out().println(new TextGenerator(model).goOn(prompt, tokens, temperature, seed)));
    return Lockstep.DONE;
  }
}
