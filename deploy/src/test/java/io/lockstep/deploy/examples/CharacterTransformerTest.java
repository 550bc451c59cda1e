package io.lockstep.deploy.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attention on real text, by its first steps alone; the whole takes minutes. */
@Asserts("character-transformer.yaml")
class CharacterTransformerTest {
  @TempDir private Path folder;

  @Test
  void aFewStepsForetellLettersFarBetterThanTheirFrequencies() throws IOException {
    ExampleRun run =
        ExampleRun.of(
            "character-transformer.yaml",
            folder,
            "train.steps=60",
            "train.validateEvery={steps: 60}",
            "data.validation.fraction=0.002",
            "schedule={type: constant}",
            "batch.size=32");
    assertThat(run.figure("perplexity")).isLessThan(0.7 * perplexityOfFrequencies());
    assertThat(StrictMath.log(run.figure("perplexity")))
        .isCloseTo(run.figure("validationLoss"), within(1e-9)); // two sums of the same numbers
  }

  /** e^H of the letters of the whole text, each by itself: 20.5. */
  private static double perplexityOfFrequencies() throws IOException {
    long[] counts = new long[128];
    byte[] text;
    try (InputStream in =
        new GZIPInputStream(Files.newInputStream(ExampleRun.file("data/text/kjv.txt.gz")))) {
      text = in.readAllBytes();
    }
    assertThat(new String(text, StandardCharsets.US_ASCII)).startsWith("In the beginning");
    for (byte letter : text) {
      counts[letter]++;
    }
    double entropy = 0;
    for (long count : counts) {
      double p = (double) count / text.length;
      entropy -= count == 0 ? 0 : p * StrictMath.log(p);
    }
    return StrictMath.exp(entropy);
  }
}
