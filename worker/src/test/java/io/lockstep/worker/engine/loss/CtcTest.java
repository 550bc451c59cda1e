package io.lockstep.worker.engine.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataException;
import io.lockstep.worker.engine.TestKernels;
import io.lockstep.worker.engine.kernel.Buffer;
import io.lockstep.worker.engine.kernel.Kernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CtcTest {
  private static final Shape OUTPUT = Shape.sequence(4, 3);
  private static final double[] PROBABILITIES = {
    0.2, 0.5, 0.3, 0.1, 0.6, 0.3, 0.4, 0.4, 0.2, 0.25, 0.25, 0.5
  };

  @Test
  void theLossIsThatOfAllPathsThatSpellTheLabels() {
    for (int[] labels : new int[][] {{}, {1}, {2, 1}, {1, 1}, {1, 2, 1}, {1, 2, 1, 2}}) {
      assertThat(loss(Map.of("maxLabels", 4), PROBABILITIES, padded(labels, 4)))
          .as("%s", List.of(labels))
          .isCloseTo(-StrictMath.log(likelihood(labels, 4)), within(1e-12));
    }
  }

  @Test
  void onlyThePositionsOfTheLengthInFrontCount() {
    float[] labels = {3, 2, 1, -1, -1};
    assertThat(loss(Map.of("lengthFirst", true), PROBABILITIES, labels))
        .isCloseTo(-StrictMath.log(likelihood(new int[] {2, 1}, 3)), within(1e-12));
  }

  @Test
  void anotherClassCanBeTheBlank() {
    double[] turned = new double[12];
    for (int i = 0; i < 12; i++) {
      turned[i] = PROBABILITIES[i - i % 3 + (i + 1) % 3];
    }
    assertThat(loss(Map.of("blank", 2), turned, new float[] {1, 0, -1, -1}))
        .isCloseTo(-StrictMath.log(likelihood(new int[] {2, 1}, 4)), within(1e-12));
  }

  @Test
  void labelsThatAreTooLongAreRefusedWithTheWayOut() {
    assertThatThrownBy(() -> loss(Map.of(), PROBABILITIES, new float[] {1, 1, 1, -1}))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "ctc: labels must fit their positions, got 4 positions for labels that need 5"
                + " (example 0 of the slice); shorten them, put out more positions, or set"
                + " loss.infeasible: skip");
  }

  @Test
  void labelsThatAreTooLongCanBeLeftOutOfLossAndDivisor() {
    Loss loss = create(Map.of("infeasible", "skip"));
    float[] labels = {1, 1, 1, -1, 1, -1, -1, -1};
    assertThat(loss.weight(labels, new float[] {1, 1}, 2, OUTPUT)).isEqualTo(1);
    assertThat(loss(Map.of("infeasible", "skip"), PROBABILITIES, new float[] {1, 1, 1, -1}))
        .isZero();
  }

  @Test
  void aLabelBehindTheEndOrTheBlankIsRefused() {
    assertThatThrownBy(() -> loss(Map.of(), PROBABILITIES, new float[] {1, -1, 2, -1}))
        .hasMessage(
            "ctc: a label must be a class from 0 to 2 but the blank 0, or -1 behind the last, got"
                + " 2.0 (example 0 of the slice)");
    assertThatThrownBy(() -> loss(Map.of(), PROBABILITIES, new float[] {0, -1, -1, -1}))
        .hasMessageContaining("but the blank 0");
  }

  @Test
  void outputsThatAreNoSequenceAreRefused() {
    assertThatThrownBy(() -> create(Map.of()).labelWidth(Shape.of(12)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("loss ctc needs outputs [time, classes] with at least 2 classes, got [12]");
  }

  /** Over all paths, one by one. */
  private static double likelihood(int[] labels, int time) {
    List<Integer> wanted = new ArrayList<>();
    for (int label : labels) {
      wanted.add(label);
    }
    double sum = 0;
    for (int path = 0; path < StrictMath.pow(3, time); path++) {
      double probability = 1;
      List<Integer> spelled = new ArrayList<>();
      int before = 0;
      int rest = path;
      for (int t = 0; t < time; t++) {
        int c = rest % 3;
        rest /= 3;
        probability *= PROBABILITIES[3 * t + c];
        if (c != 0 && c != before) {
          spelled.add(c);
        }
        before = c;
      }
      sum += spelled.equals(wanted) ? probability : 0;
    }
    return sum;
  }

  private static float[] padded(int[] labels, int width) {
    float[] row = new float[width];
    for (int i = 0; i < width; i++) {
      row[i] = i < labels.length ? labels[i] : -1;
    }
    return row;
  }

  private static double loss(Map<String, Object> settings, double[] p, float[] labels) {
    Kernel kernel = TestKernels.float64();
    Buffer predictions = kernel.allocate(12);
    predictions.write(0, p, 12);
    return create(settings).sum(kernel, predictions, labels, new float[] {1}, 1, OUTPUT);
  }

  private static Loss create(Map<String, Object> settings) {
    Map<String, Object> section = new TreeMap<>(settings);
    section.put("type", "ctc");
    return Losses.REGISTRY.create(Options.of("loss", section));
  }
}
