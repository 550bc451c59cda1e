package io.lockstep.worker.engine.check;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.layer.Pass;
import io.lockstep.worker.engine.loss.Loss;
import java.util.OptionalInt;

/** Networks with random parameters and features, in training. */
final class CheckedNetworks {
  private CheckedNetworks() {}

  /** Parameters of deviation 0.5, features of deviation 1. */
  static NetworkUnderCheck random(Graph graph, Loss loss, float[] labels, float[] weights) {
    return random(graph, loss, OptionalInt.empty(), labels, weights);
  }

  /** The same; features are tokens where it is said how many there are. */
  static NetworkUnderCheck random(
      Graph graph, Loss loss, OptionalInt tokens, float[] labels, float[] weights) {
    int examples = weights.length;
    int n = examples * graph.input().size();
    return new NetworkUnderCheck(
        graph,
        loss,
        normals(graph.size(), 0.5, 1),
        tokens.isPresent() ? wholeNumbers(n, tokens.getAsInt()) : normals(n, 1, 2),
        labels,
        weights,
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

  private static float[] normals(int n, double deviation, long seed) {
    RandomStream random = RandomStream.of(seed, Purpose.GRADIENT_CHECK, 0, 0, 0);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (deviation * random.normal(i));
    }
    return values;
  }
}
