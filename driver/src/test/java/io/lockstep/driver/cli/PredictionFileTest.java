package io.lockstep.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.LabelsSection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionFileTest {
  @TempDir private Path folder;

  @Test
  void aClassIsItsNumberOrItsName() throws IOException {
    assertThat(written(new LabelsSection(3, List.of()), List.of(3), 9, 9, 0.25f, 0.5f, 0.25f))
        .isEqualTo("row,prediction,p0,p1,p2\n7,1,0.25,0.5,0.25\n");
    assertThat(
            written(new LabelsSection(2, List.of("a", "b, \"c\"")), List.of(2), 9, 9, 0.25f, 0.75f))
        .isEqualTo("row,prediction,p0,p1\n7,\"b, \"\"c\"\"\",0.25,0.75\n");
  }

  @Test
  void theFirstOfEquallyProbableClassesIsPredicted() throws IOException {
    assertThat(written(new LabelsSection(2, List.of()), List.of(2), 9, 9, 0.5f, 0.5f))
        .isEqualTo("row,prediction,p0,p1\n7,0,0.5,0.5\n");
  }

  @Test
  void oneOutputIsTheProbabilityOfClassOne() throws IOException {
    assertThat(written(new LabelsSection(2, List.of()), List.of(1), 9, 9, 0.75f))
        .isEqualTo("row,prediction,p0,p1\n7,1,0.25,0.75\n");
  }

  @Test
  void aRegressionIsItsValue() throws IOException {
    assertThat(written(new LabelsSection(0, List.of()), List.of(1), 9, 9, -1.5f))
        .isEqualTo("row,prediction\n7,-1.5\n");
    assertThat(written(new LabelsSection(0, List.of()), List.of(2), 9, 9, -1.5f, 2))
        .isEqualTo("row,prediction,p0,p1\n7,-1.5,-1.5,2.0\n");
  }

  @Test
  void everyPositionOfASequenceAndEveryPixelHasItsLine() throws IOException {
    LabelsSection two = new LabelsSection(2, List.of());
    String expected = "row,position,prediction,p0,p1\n7,0,1,0.25,0.75\n7,1,0,0.5,0.5\n";
    assertThat(written(two, List.of(2, 2), 9, 9, 0.25f, 0.75f, 0.5f, 0.5f)).isEqualTo(expected);
    assertThat(written(two, List.of(2, 1, 2), 9, 9, 0.25f, 0.5f, 0.75f, 0.5f)).isEqualTo(expected);
  }

  @Test
  void aFileThatIsNotCompleteLeavesNothing() throws IOException {
    try (PredictionFile file =
        PredictionFile.create(
            folder.resolve("p.csv"), new LabelsSection(2, List.of()), List.of(2))) {
      file.write(0, new float[2], 0);
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** Writes row 7, whose outputs begin at index 2. */
  private String written(LabelsSection labels, List<Integer> shape, float... values)
      throws IOException {
    Path path = folder.resolve("p.csv");
    try (PredictionFile file = PredictionFile.create(path, labels, shape)) {
      file.write(7, values, 2);
      file.commit();
    }
    return Files.readString(path);
  }
}
