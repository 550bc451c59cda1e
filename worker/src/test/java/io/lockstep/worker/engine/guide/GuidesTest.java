package io.lockstep.worker.engine.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every activation and loss says to whoever chooses, by being in the list. */
class GuidesTest {
  static Stream<Arguments> all() {
    return Stream.concat(Activations.ALL.stream(), Losses.ALL.stream())
        .map(each -> Arguments.of(each.name(), each));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  void itSaysFormulaRangeAndPurpose(String name, Described<?> each) {
    Guide guide = each.guide();
    assertThat(guide.formula().strip()).contains("=").doesNotContain("\t");
    assertThat(guide.formula().lines()).allSatisfy(line -> assertThat(line).isNotBlank());
    assertThat(guide.range()).matches("[\\[({].*[\\])}].*");
    assertThat(guide.purpose()).endsWith(".").hasSizeGreaterThan(40).doesNotContain("`", "**");
    assertThat(each.entry().summary()).isNotBlank();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("all")
  void itsCurvesCanBeTold(String name, Described<?> each) {
    List<Curve> curves = each.guide().curves();
    assertThat(curves.stream().map(Curve::name)).doesNotHaveDuplicates();
    for (Curve curve : curves) {
      assertThat(curve.from()).isLessThan(curve.to());
      assertThat(curve.along()).anyMatch(a -> a != 0);
      Object made = each.of(curve);
      if (made instanceof Loss loss) {
        assertThat(curve.name()).as("what the label or the setting is").isNotEmpty();
        assertThat(curve.labels()).hasSize(loss.labelWidth(Shape.of(curve.at().size())));
      } else {
        assertThat(curve.labels()).isEmpty();
      }
    }
  }

  @Test
  void everyActivationIsDrawn() {
    assertThat(Activations.ALL)
        .allSatisfy(each -> assertThat(each.guide().curves()).as(each.name()).isNotEmpty());
  }

  @Test
  void aDirectionOfOtherLengthIsRefused() {
    assertThatThrownBy(() -> Curve.over(0, 1).at(1, 2).along(1, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a curve must have as many numbers along as at, got along=[1.0, 2.0, 3.0], at=[1.0,"
                + " 2.0]");
  }
}
