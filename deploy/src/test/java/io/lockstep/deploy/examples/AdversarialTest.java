package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.driver.cli.ConfigurationFile;
import io.lockstep.driver.spark.source.synthetic.Generator;
import io.lockstep.driver.spark.source.synthetic.Generators;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A generator that has learned from its critic alone. */
@Asserts("gan.yaml")
class AdversarialTest {
  private static final Key<Options> GENERATOR = Key.section("generator", "what is made up");
  private static final int CLOUDS = 3;
  private static final int POINTS = 3000;
  private static final int NOISE = 4;

  @TempDir private Path folder;

  /** A generator that knows one cloud only (mode collapse) would leave two of them empty. */
  @Test
  void whatIsMadeLiesInAllCloudsOfTheRealPoints() {
    Network generator = new Network(ExampleRun.of("gan.yaml", folder));
    double[][] centres = centres();
    int[] near = new int[CLOUDS];
    RandomStream random = RandomStream.of(1, Purpose.NOISE, 0, 0, 0);
    for (int p = 0; p < POINTS; p++) {
      double[] noise = new double[NOISE];
      for (int i = 0; i < NOISE; i++) {
        noise[i] = random.normal((long) p * NOISE + i);
      }
      double[] made = generator.of(noise);
      for (int c = 0; c < CLOUDS; c++) {
        // Real points are farther than this from their centre once in 90,000.
        if (Math.hypot(made[0] - centres[c][0], made[1] - centres[c][1]) < 0.48) {
          near[c]++;
        }
      }
    }
    assertThat(near[0] + near[1] + near[2]).as("of %d", POINTS).isGreaterThan(POINTS * 8 / 10);
    for (int points : near) {
      assertThat(points)
          .as("in each cloud, of %s", Arrays.toString(near))
          .isGreaterThan(POINTS / 6);
    }
  }

  /** The means of the real points of each cloud. */
  private static double[][] centres() {
    Options section = ConfigurationFile.load(ExampleRun.file("gan.yaml"), List.of()).data().train();
    Generator real = Generators.REGISTRY.create(section.get(GENERATOR));
    double[][] sums = new double[CLOUDS][2];
    int[] counts = new int[CLOUDS];
    float[] row = new float[2];
    float[] label = new float[1];
    for (int e = 0; e < POINTS; e++) {
      real.example(RandomStream.of(1, Purpose.EXAMPLE, 0, e, 0), row, label);
      int c = (int) label[0];
      counts[c]++;
      sums[c][0] += row[0];
      sums[c][1] += row[1];
    }
    for (int c = 0; c < CLOUDS; c++) {
      sums[c][0] /= counts[c];
      sums[c][1] /= counts[c];
    }
    return sums;
  }

  /** The generator by its formula. */
  private static final class Network {
    private final float[][] weights;
    private final float[][] biases;

    Network(ExampleRun run) {
      List<String> layers = List.of("generator1", "generator2", "made");
      weights = layers.stream().map(layer -> run.tensor(layer + ".W")).toArray(float[][]::new);
      biases = layers.stream().map(layer -> run.tensor(layer + ".b")).toArray(float[][]::new);
    }

    double[] of(double[] noise) {
      double[] x = noise;
      for (int l = 0; l < weights.length; l++) {
        double[] y = new double[biases[l].length];
        for (int j = 0; j < y.length; j++) {
          y[j] = biases[l][j];
          for (int i = 0; i < x.length; i++) {
            y[j] += x[i] * weights[l][i * y.length + j];
          }
          if (l < weights.length - 1) {
            y[j] = Math.max(0, y[j]);
          }
        }
        x = y;
      }
      return x;
    }
  }
}
