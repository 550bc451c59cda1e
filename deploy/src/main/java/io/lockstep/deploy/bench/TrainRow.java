package io.lockstep.deploy.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code train-mnist}: the training phase of the main example by the launcher, Spark and all, in
 * seconds, over PyTorch's loop over the same model, batch and epochs; both with all cores, neither
 * with validation.
 */
final class TrainRow {
  private static final int EPOCHS = 5;
  private static final int MOST_ROUNDS = 3;

  private TrainRow() {}

  static Row row(Bench.Settings settings) {
    return new Row(
        "train-mnist",
        "s",
        "<= 1.5",
        MOST_ROUNDS,
        () -> new Training(settings.deploy()),
        () -> pytorch(settings));
  }

  private static Side pytorch(Bench.Settings settings) throws Exception {
    Companion peer =
        Companion.python(
            settings.peers(),
            "train.py",
            settings.deploy().resolve("examples/data/mnist").toString(),
            Integer.toString(EPOCHS));
    return Repeated.secondsEach(peer.name(), 0, peer::seconds, peer);
  }

  /** One run of the command a measurement. */
  private record Training(Path deploy) implements Side {
    @Override
    public String name() {
      return "Lockstep";
    }

    @Override
    public double measure() throws IOException, InterruptedException {
      Path folder = Files.createTempDirectory("lockstep-bench-");
      try {
        Path run = folder.resolve("run");
        Path log = folder.resolve("log");
        ProcessBuilder builder =
            new ProcessBuilder(
                    deploy.resolve("lockstep").toString(),
                    "train",
                    deploy.resolve("examples/mnist-mlp.yaml").toString(),
                    "--set",
                    "train.epochs=" + EPOCHS,
                    "--set",
                    "train.validateEvery=never",
                    "--run-dir",
                    run.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeAll(List.of("LOCKSTEP_MAIN", "LOCKSTEP_CLASS_PATH"));
        int code = builder.start().waitFor();
        if (code != 0) {
          throw new IOException(
              "lockstep train ended with " + code + ":\n" + Files.readString(log));
        }
        return new ObjectMapper()
            .readTree(Files.readAllBytes(run.resolve("summary.json")))
            .required("trainSeconds")
            .asDouble();
      } finally {
        delete(folder);
      }
    }

    private static void delete(Path folder) throws IOException {
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
