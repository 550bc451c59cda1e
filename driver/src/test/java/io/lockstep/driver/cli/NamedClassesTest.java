package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.driver.cli.LockstepTest.Output;
import io.lockstep.driver.storage.ObjectStoreFileSystem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a folder of images, all of it on a file system that can only put and get. */
class NamedClassesTest {
  private static final List<String> NAMES = List.of("bright", "dark", "striped");

  @TempDir private Path folder;

  @BeforeEach
  void knowTheFileSystem() {
    System.setProperty(ObjectStoreFileSystem.SETTING, ObjectStoreFileSystem.class.getName());
  }

  @AfterEach
  void forgetIt() {
    System.clearProperty(ObjectStoreFileSystem.SETTING);
  }

  private void paint(int count) throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < count; i++) {
      int kind = i % 3;
      BufferedImage image = new BufferedImage(6, 5, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < 5; y++) {
        for (int x = 0; x < 6; x++) {
          int base = kind == 0 || (kind == 2 && x % 2 == 0) ? 200 : 10;
          image.getRaster().setSample(x, y, 0, base + random.nextInt(40));
          image.getRaster().setSample(x, y, 1, base + random.nextInt(40));
          image.getRaster().setSample(x, y, 2, base + random.nextInt(40));
        }
      }
      Path file = folder.resolve("images").resolve(NAMES.get(kind)).resolve(i + ".png");
      Files.createDirectories(file.getParent());
      ImageIO.write(image, "png", file.toFile());
    }
  }

  private Output run(String... arguments) {
    Output output = LockstepTest.run(arguments);
    assertThat(output.err()).isEmpty();
    return output;
  }

  private String train(String name, String workers) {
    String place = "objects:" + folder.resolve(name);
    run(
        "train",
        "objects:" + folder.resolve("images.yaml"),
        "--run-dir",
        place,
        "--set",
        "cluster.workers=" + workers);
    return place;
  }

  @Test
  void foldersOfImagesGiveTheirNamesToPredictionsAndTables() throws IOException {
    paint(90);
    Files.writeString(
        folder.resolve("images.yaml"),
        """
        name: images
        data:
          train: {format: images, path: images}
          validation: {fraction: 0.3}
          scale: {channels: {standardize: true}}
          labels: {classes: 3}
        model:
          input: [3, 5, 6]
          layers: [{type: flatten}, {type: dense, units: 3}]
        loss: {type: sparse-categorical-cross-entropy, fromLogits: true}
        metrics: [accuracy, confusion-matrix]
        optimizer: {type: adam, learningRate: 0.01}
        batch: {size: 16, slice: 4}
        train: {epochs: 8}
        checkpoint: {everySteps: 10}
        """);
    String one = train("one", "1");
    String three = train("three", "3");
    assertThat(run("diff", one, three).out()).contains("the runs have the same bits");
    assertThat(
            new ObjectMapper()
                .readTree(Files.readString(folder.resolve("one/summary.json")))
                .get("classes"))
        .extracting(name -> name.asText())
        .containsExactlyElementsOf(NAMES);

    assertThat(run("evaluate", one).out().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .contains("bright dark striped")
        .anyMatch(line -> line.matches("dark 0\\.0 \\d+\\.0 0\\.0"));

    Path csv = folder.resolve("predictions.csv");
    String images = "objects:" + folder.resolve("images");
    run("predict", one, "--data", images, "--output", csv.toString());
    assertThat(Files.readAllLines(csv))
        .hasSize(91)
        .anyMatch(line -> line.startsWith("0,bright,"))
        .anyMatch(line -> line.startsWith("30,dark,"))
        .anyMatch(line -> line.startsWith("60,striped,"));
  }
}
