package io.lockstep.driver.cli;

import io.lockstep.driver.TextGenerator;
import io.lockstep.driver.TrainedModel;
import io.lockstep.driver.report.RunDirectory;
import io.lockstep.driver.report.RunLog;
import io.lockstep.driver.storage.Storage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep generate}. */
@Command(
    name = "generate",
    description = "Writes text with a model that was trained on text.",
    footer = {"", "Example:", "  lockstep generate runs/kjv --prompt Blessed --tokens 200"})
final class GenerateCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(paramLabel = "RUN_DIR", description = "The folder of a run that is done.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String runDirectory;

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

  @Option(
      names = "--average",
      description = "Writes with the average of the weights, where the run keeps one.")
  private boolean average;

  @Override
  public Integer call() {
    if (tokens < 0) {
      throw refused("--tokens must be at least 0, got " + tokens);
    }
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw refused("--temperature must be finite and at least 0, got " + temperature);
    }
    try (RunDirectory directory = RunDirectory.open(runDirectory, Storage.here())) {
      RunLog.in(directory);
      try (TrainedModel model =
          average ? TrainedModel.openAverage(directory) : TrainedModel.open(directory)) {
        String text = new TextGenerator(model).goOn(prompt, tokens, temperature, seed);
        spec.commandLine().getOut().println(text);
      }
    }
    return Lockstep.DONE;
  }

  private ParameterException refused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
