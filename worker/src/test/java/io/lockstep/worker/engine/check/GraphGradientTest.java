package io.lockstep.worker.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.Objective;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The gradients of graphs: several inputs, shared and frozen tensors, targets, sums of losses. Each
 * is compared with central differences in float64, and those that must be zero are.
 */
class GraphGradientTest {
  private static final Map<String, Object> MSE = Map.of("type", "mse");
  private static final Map<String, Object> CODE = dense("code", 4);

  @Test
  void anInputThatSeveralLayersTakeAddsTheirGradientsUp() {
    GradientReport report =
        check(
            Map.of("x", Shape.of(5)),
            MSE,
            2,
            dense("below", 4),
            dense("left", 3),
            with(dense("right", 3), "inputs", List.of("below")),
            Map.of("type", "multiply", "inputs", List.of("left", "right"), "name", "product"),
            Map.of("type", "add", "inputs", List.of("product", "left", "right")),
            linear("out", 2));
    assertRight(report, "below.W", "left.W", "right.W", "out.W");
  }

  @Test
  void severalInputsAreCutInTheirOrder() {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    inputs.put("image", Shape.image(2, 3, 3));
    inputs.put("numbers", Shape.of(4));
    inputs.put("sequence", Shape.sequence(3, 2));
    GradientReport report =
        check(
            inputs,
            MSE,
            2,
            Map.of(
                "type",
                "conv2d",
                "name",
                "conv",
                "filters",
                3,
                "kernel",
                2,
                "inputs",
                List.of("image")),
            Map.of("type", "flatten", "name", "pixels"),
            with(dense("words", 3), "inputs", List.of("sequence")),
            Map.of("type", "flatten", "name", "flat"),
            Map.of("type", "concatenate", "inputs", List.of("pixels", "numbers", "flat")),
            linear("out", 2));
    assertRight(report, "conv.W", "words.W", "out.W");
  }

  @Test
  void pairsThroughOneEncoderAddUpItsGradients() {
    GradientReport report =
        check(
            inputs("left", "right"),
            Map.of("type", "contrastive", "margin", 2.5),
            1,
            with(dense("hidden", 6), "inputs", List.of("left")),
            CODE,
            with(shared("hidden2", 6, "hidden"), "inputs", List.of("right")),
            shared("code2", 4, "code"),
            Map.of("type", "concatenate", "inputs", List.of("code", "code2")));
    assertRight(report, "hidden.W", "hidden.b", "code.W", "code.b");
    assertThat(report.tensors()).as("shared tensors are there once").hasSize(4);
  }

  @Test
  void tripletsThroughOneEncoderAddUpItsGradients() {
    GradientReport report =
        check(
            inputs("anchor", "positive", "negative"),
            Map.of("type", "triplet", "margin", 2),
            0,
            with(CODE, "inputs", List.of("anchor")),
            with(shared("positiveCode", 4, "code"), "inputs", List.of("positive")),
            with(shared("negativeCode", 4, "code"), "inputs", List.of("negative")),
            Map.of(
                "type", "concatenate", "inputs", List.of("code", "positiveCode", "negativeCode")));
    assertRight(report, "code.W");
  }

  @Test
  void aFrozenLayerHandsGradientsDownAndHasNone() {
    Map<String, Shape> inputs = Map.of("x", Shape.of(5));
    Object[] layers = {
      dense("first", 4), with(dense("still", 4), "frozen", true), linear("out", 2)
    };
    GradientReport report = check(inputs, MSE, 2, layers);
    assertRight(report, "first.W", "out.W");
    assertThat(names(report)).doesNotContain("still.W", "still.b");
    assertZero(gradients(inputs, MSE, 2, layers), "still.W", "still.b");
  }

  @Test
  void aLayerThatSharesFrozenTensorsLeavesThemAlone() {
    Map<String, Shape> inputs = Map.of("x", Shape.of(4));
    Object[] layers = {
      dense("first", 4),
      with(dense("still", 4), "frozen", true),
      shared("again", 4, "still"),
      linear("out", 2)
    };
    assertRight(check(inputs, MSE, 2, layers), "first.W", "out.W");
    assertZero(gradients(inputs, MSE, 2, layers), "still.W", "still.b");
  }

  @Test
  void frozenUsesOfTensorsHandGradientsDownOnly() {
    assertRight(
        check(
            Map.of("x", Shape.of(4)),
            MSE,
            2,
            CODE,
            dense("between", 4),
            with(shared("again", 4, "code"), "frozen", true),
            linear("out", 2)),
        "code.W",
        "between.W",
        "out.W");
  }

  @Test
  void nothingLearnsBelowAStoppedGradient() {
    Map<String, Shape> inputs = Map.of("x", Shape.of(4));
    Object[] layers = {
      dense("below", 4),
      Map.of("type", "stop-gradient", "name", "stop"),
      dense("above", 3),
      linear("out", 2)
    };
    GradientReport report = check(inputs, MSE, 2, layers);
    assertRight(report, "above.W", "out.W");
    assertZero(gradients(inputs, MSE, 2, layers), "below.W", "below.b");
  }

  @Test
  void aStoppedBranchLeavesTheOtherItsGradient() {
    assertRight(
        check(
            Map.of("x", Shape.of(4)),
            MSE,
            2,
            dense("below", 4),
            Map.of("type", "stop-gradient", "name", "stop"),
            Map.of("type", "multiply", "inputs", List.of("below", "stop")),
            linear("out", 2)),
        "below.W",
        "out.W");
  }

  @Test
  void noGradientFlowsIntoATarget() {
    Map<String, Shape> inputs = inputs("left", "right");
    Object[] layers = {
      with(dense("teacher", 3), "inputs", List.of("left")),
      with(dense("student", 3), "inputs", List.of("right"))
    };
    Map<String, Object> loss = with(MSE, "target", "teacher");
    assertRight(check(inputs, loss, 0, layers), "student.W");
    assertZero(gradients(inputs, loss, 0, layers), "teacher.W", "teacher.b");
  }

  @Test
  void aTargetMayBeAnInputOfAnyShape() {
    assertRight(
        check(
            Map.of("x", Shape.image(2, 3, 3)),
            Map.of("type", "huber", "target", "x"),
            0,
            Map.of("type", "conv2d", "name", "down", "filters", 4, "kernel", 2),
            Map.of("type", "transposed-conv2d", "name", "up", "filters", 2, "kernel", 2)),
        "down.W",
        "up.W");
  }

  @Test
  void aSumTakesEveryTermByItsWeight() {
    assertRight(
        check(
            Map.of("x", Shape.of(4)),
            sum(
                List.of(
                    Map.of("type", "mse", "output", "first", "weight", 0.3),
                    Map.of("type", "log-cosh", "output", "second", "weight", -2),
                    Map.of("type", "mse", "output", "second", "target", "x"))),
            7,
            dense("first", 3),
            linear("second", 4)),
        "first.W",
        "second.W");
  }

  @Test
  void twoLossesMayTakeOneOutput() {
    assertRight(
        check(
            Map.of("x", Shape.of(4)),
            sum(
                List.of(
                    Map.of("type", "binary-cross-entropy", "output", "out", "weight", 2),
                    Map.of("type", "dice", "output", "out"))),
            3,
            dense("hidden", 5),
            with(dense("out", 3), "activation", "sigmoid")),
        "hidden.W",
        "out.W");
  }

  @Test
  void anOutputInTheMiddleMayHaveALossAndLayersBehindIt() {
    assertRight(
        check(
            Map.of("x", Shape.of(4)),
            sum(
                List.of(
                    Map.of("type", "mse", "output", "middle"),
                    Map.of("type", "mse", "output", "out", "weight", 0.5))),
            5,
            dense("middle", 3),
            linear("out", 2)),
        "middle.W",
        "out.W");
  }

  @Test
  void aResidualBlockAndOneThatSharesItHaveTheGradientOfBoth() {
    Map<String, Object> block =
        Map.of(
            "type",
            "residual",
            "name",
            "block",
            "layers",
            List.of(dense("one", 6), linear("two", 4)));
    assertRight(
        check(
            Map.of("x", Shape.of(4)),
            MSE,
            2,
            block,
            with(with(block, "name", "again"), "share", "block"),
            linear("out", 2)),
        "block.one.W",
        "block.two.W",
        "out.W");
  }

  @Test
  void aVariationalAutoencoderHasTheGradientOfBothItsTerms() {
    assertRight(
        check(
            Map.of("x", Shape.of(6)),
            sum(
                List.of(
                    Map.of("type", "mse", "output", "reconstruction", "target", "x", "weight", 6),
                    Map.of("type", "gaussian-kl", "output", "code"))),
            0,
            dense("hidden", 5),
            linear("code", 4),
            Map.of("type", "sample-normal"),
            dense("decoder", 5),
            linear("reconstruction", 6)),
        "hidden.W",
        "code.W",
        "decoder.W",
        "reconstruction.W");
  }

  /**
   * The critic learns from the data and from what is generated, the generator through a frozen use
   * of the critic: one step of both, with the gradient of each one's own losses.
   */
  @Test
  void anAdversarialPairHasTheGradientsOfTwoGames() {
    Map<String, Shape> inputs = Map.of("x", Shape.of(2));
    Object[] layers = {
      Map.of("type", "noise", "name", "noise", "units", 3),
      dense("generator", 5),
      linear("generated", 2),
      with(dense("critic", 6), "inputs", List.of("x")),
      linear("real", 1),
      Map.of("type", "stop-gradient", "name", "shown", "inputs", List.of("generated")),
      shared("criticOfShown", 6, "critic"),
      with(linear("unreal", 1), "share", "real"),
      with(with(shared("judge", 6, "critic"), "frozen", true), "inputs", List.of("generated")),
      with(with(linear("judged", 1), "share", "real"), "frozen", true)
    };
    Map<String, Object> logits = Map.of("type", "binary-cross-entropy", "fromLogits", true);
    List<Map<String, Object>> games =
        List.of(
            with(with(logits, "output", "real"), "target", 1),
            with(with(logits, "output", "unreal"), "target", 0),
            with(with(logits, "output", "judged"), "target", 1));
    Map<String, Object> game = sum(games);
    assertRight(check(inputs, game, 0, layers), "generator.W", "generated.W", "critic.W", "real.W");

    Map<String, double[]> both = gradients(inputs, game, 0, layers);
    Map<String, Object> critics = sum(games.subList(0, 2));
    Map<String, Object> generators = sum(games.subList(2, 3));
    Map<String, double[]> critic = gradients(inputs, critics, 0, layers);
    Map<String, double[]> generator = gradients(inputs, generators, 0, layers);
    assertZero(critic, "generator.W", "generated.W");
    assertZero(generator, "critic.W", "real.W");
    assertThat(both.get("critic.W")).isEqualTo(critic.get("critic.W"));
    assertThat(both.get("generator.W")).isEqualTo(generator.get("generator.W"));
  }

  private static Map<String, Object> dense(String name, int units) {
    return Map.of("type", "dense", "name", name, "units", units, "activation", "tanh");
  }

  private static Map<String, Object> linear(String name, int units) {
    return Map.of("type", "dense", "name", name, "units", units);
  }

  private static Map<String, Object> shared(String name, int units, String of) {
    return with(dense(name, units), "share", of);
  }

  private static Map<String, Object> with(Map<String, Object> section, String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(section);
    more.put(key, value);
    return more;
  }

  private static Map<String, Object> sum(List<Map<String, Object>> terms) {
    return Map.of("type", "sum", "terms", terms);
  }

  private static Map<String, Shape> inputs(String... names) {
    Map<String, Shape> inputs = new LinkedHashMap<>();
    for (String name : names) {
      inputs.put(name, Shape.of(5));
    }
    return inputs;
  }

  private static GradientReport check(
      Map<String, Shape> inputs, Map<String, Object> loss, int labelWidth, Object... layers) {
    return new GradientCheck(17, 32).check(network(inputs, loss, labelWidth, layers));
  }

  private static Map<String, double[]> gradients(
      Map<String, Shape> inputs, Map<String, Object> loss, int labelWidth, Object... layers) {
    return network(inputs, loss, labelWidth, layers).gradients();
  }

  @SuppressWarnings("unchecked") // layers are sections
  private static NetworkUnderCheck network(
      Map<String, Shape> inputs, Map<String, Object> loss, int labelWidth, Object... layers) {
    List<Options> sections = new ArrayList<>();
    for (Object layer : layers) {
      sections.add(
          Options.of("model.layers[" + sections.size() + "]", (Map<String, Object>) layer));
    }
    Graph graph = Graph.of(inputs, sections);
    LabelsSection labels = labelWidth == 0 ? LabelsSection.NONE : new LabelsSection(0, List.of());
    Objective objective = Objective.of(graph, Options.of("loss", loss), labels);
    assertThat(objective.labelWidth()).isEqualTo(labelWidth);
    float[] weights = {1, 0.5f, 2, 1};
    float[] given = new float[weights.length * labelWidth];
    for (int i = 0; i < given.length; i++) {
      given[i] = i % 3 == 0 ? 1 : 0;
    }
    float[] features = CheckedNetworks.normals(weights.length * graph.inputSize(), 1, 2);
    return CheckedNetworks.of(graph, objective, features, given, weights);
  }

  private static void assertRight(GradientReport report, String... compared) {
    assertThat(report.isRight()).as("%s", report).isTrue();
    assertThat(names(report)).contains(compared);
    assertThat(report.tensors())
        .as("%s", report)
        .allSatisfy(tensor -> assertThat(tensor.checked()).isPositive());
    assertThat(
            report.tensors().stream()
                .filter(tensor -> List.of(compared).contains(tensor.name()))
                .map(tensor -> tensor.worst().gradient()))
        .as("gradients that are zero show nothing: %s", report)
        .allSatisfy(gradient -> assertThat(gradient).isNotZero());
  }

  private static List<String> names(GradientReport report) {
    return report.tensors().stream().map(GradientReport.Tensor::name).toList();
  }

  private static void assertZero(Map<String, double[]> gradients, String... tensors) {
    for (String tensor : tensors) {
      assertThat(gradients.get(tensor)).as(tensor).containsOnly(0);
    }
  }
}
