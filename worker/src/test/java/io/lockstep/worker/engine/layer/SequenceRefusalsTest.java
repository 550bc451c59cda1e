package io.lockstep.worker.engine.layer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.common.data.DataException;
import io.lockstep.worker.engine.graph.Execution;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.PlainKernel;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the layers of sequences say to what they cannot take. */
class SequenceRefusalsTest {
  private static final Map<String, Object> EMBEDDING =
      Map.of("type", "embedding", "vocabulary", 3, "width", 2);

  @ParameterizedTest
  @ValueSource(floats = {3, -1, 0.5f, Float.NaN})
  void aTokenOutsideOfTheVocabularyIsNamedWithItsExampleAndPosition(float token) {
    PlainKernel kernel = new PlainKernel();
    Graph graph = Graph.chain(Shape.of(2), List.of(options(EMBEDDING)));
    Execution execution = new Execution(graph, kernel, kernel.allocate(graph.size()), 2);
    execution.input(new float[] {0, 1, 2, token}, 2);
    assertThatThrownBy(() -> execution.forward(Pass.inference(2)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "embedding: a token must be a whole number from 0 to 2, got "
                + token
                + " (example 1 of the slice, position 1); give the layer the vocabulary of the"
                + " data");
  }

  @Test
  void tokensCannotComeFromALayerThatLearns() {
    refused(
        () ->
            Graph.chain(
                Shape.of(4),
                List.of(options(Map.of("type", "dense", "units", 2)), options(EMBEDDING))),
        "takes tokens, which have no gradient for the layers before it to learn from; let it take an"
            + " input of the model");
  }

  @Test
  void tokensAreNoSequenceOfVectors() {
    refused(
        () -> Graph.chain(Shape.sequence(4, 2), List.of(options(EMBEDDING))),
        "needs [length] tokens, got [4, 2]");
  }

  @Test
  void headsMustDivideTheWidth() {
    refused(
        () -> Graph.chain(Shape.sequence(4, 6), List.of(options(attention(4)))),
        "heads must divide the width, which is 6, got 4");
    refused(
        () ->
            Graph.chain(
                Shape.sequence(4, 6),
                List.of(options(Map.of("type", "transformer-block", "heads", 4)))),
        "heads must divide the width, which is 6, got 4");
  }

  @Test
  void twoInputsMustHaveOneWidthAndNoOrder() {
    Layer layer = layer(attention(1));
    refused(
        () -> layer.output(List.of(Shape.sequence(3, 4), Shape.sequence(3, 5))),
        "needs two inputs of one width, got [3, 4] and [3, 5]; put a dense layer before one of them");
    Layer causal = layer(Map.of("type", "multi-head-attention", "heads", 1, "causal", true));
    refused(
        () -> causal.output(List.of(Shape.sequence(3, 4), Shape.sequence(2, 4))),
        "causal must be false with two inputs, whose positions have no common order, got true");
  }

  @Test
  void aRecurrentLayerNeedsASequence() {
    refused(
        () -> Graph.chain(Shape.of(4), List.of(options(Map.of("type", "lstm", "units", 2)))),
        "needs [length, width], got [4]");
  }

  private static Map<String, Object> attention(int heads) {
    return Map.of("type", "multi-head-attention", "heads", heads);
  }

  private static Layer layer(Map<String, Object> section) {
    return Layers.REGISTRY.create(options(section));
  }

  private static Options options(Map<String, Object> section) {
    return Options.of("layer", section);
  }

  private static void refused(ThrowingCallable what, String rule) {
    assertThatThrownBy(what).isInstanceOf(ConfigurationException.class).hasMessageContaining(rule);
  }
}
