package io.lockstep.worker.engine.check;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.Objective;
import io.lockstep.worker.engine.SliceBatch;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.loss.Loss;
import java.util.OptionalInt;

/** Networks with random parameters and features, in training. */
final class CheckedNetworks {
  private CheckedNetworks() {}

  /**
   * Parameters of deviation 0.5, features of deviation 1.
   *
   * @param labels as the loss takes them
   */
  static NetworkUnderCheck random(Graph graph, Loss loss, float[] labels, float[] weights) {
    return random(graph, loss, OptionalInt.empty(), labels, weights);
  }

  /** The same; features are tokens where it is said how many there are. */
  static NetworkUnderCheck random(
      Graph graph, Loss loss, OptionalInt tokens, float[] labels, float[] weights) {
    int n = weights.length * graph.inputSize();
    float[] features = tokens.isPresent() ? wholeNumbers(n, tokens.getAsInt()) : normals(n, 1, 2);
    return of(graph, Objective.of(graph, loss), features, labels, weights);
  }

  /** Parameters of deviation 0.5. */
  static NetworkUnderCheck of(
      Graph graph, Objective objective, float[] features, float[] labels, float[] weights) {
    int examples = weights.length;
    SliceBatch batch = new SliceBatch(examples, graph.inputSize(), objective.labelWidth());
    System.arraycopy(features, 0, batch.features(), 0, features.length);
    System.arraycopy(labels, 0, batch.labels(), 0, labels.length);
    System.arraycopy(weights, 0, batch.weights(), 0, examples);
    batch.examples(examples);
    return new NetworkUnderCheck(
        graph,
        objective,
        normals(graph.size(), 0.5, 1),
        batch,
        new Pass(examples, Pass.Mode.TRAINING, 5, 0, 0));
  }

  private static float[] wholeNumbers(int n, int limit) {
    RandomStream random = RandomStream.of(2, Purpose.GRADIENT_CHECK, 0, 0, 0);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) Math.floor(limit * random.unit(i));
    }
    return values;
  }

  static float[] normals(int n, double deviation, long seed) {
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 0, 0, 0);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (deviation * random.normal(i));
    }
    return values;
  }
}
