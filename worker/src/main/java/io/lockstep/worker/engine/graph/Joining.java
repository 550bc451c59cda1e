package io.lockstep.worker.engine.graph;

import io.lockstep.worker.engine.activation.Activation;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Layer;
import io.lockstep.worker.engine.layer.Operation;
import io.lockstep.worker.engine.layer.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Joins a layer and the activation that alone takes what it puts out, where the layer computes both
 * at once ({@link Layer#with}). The nodes keep their numbers: the layer with its activation stands
 * where the layer stood, and where the activation stood one that passes its input through.
 */
final class Joining {
  private Joining() {}

  /**
   * The nodes, joined where that is possible.
   *
   * @param seen the nodes whose outputs are looked at from outside, which stay as they are
   */
  static List<Node> of(List<Node> nodes, Set<Integer> seen) {
    List<Node> joined = new ArrayList<>(nodes);
    for (int i = 0; i < nodes.size(); i++) {
      Optional<Activation> activation = nodes.get(i).layer().activation();
      int before = nodes.get(i).inputs().get(0);
      if (activation.isPresent() && before >= 0 && !seen.contains(before)) {
        Optional<Layer> both =
            readers(nodes, before) == 1
                ? nodes.get(before).layer().with(activation.get())
                : Optional.empty();
        if (both.isPresent()) {
          joined.set(before, nodes.get(before).with(both.get()));
          joined.set(i, nodes.get(i).with(new Done()));
        }
      }
    }
    return joined;
  }

  private static long readers(List<Node> nodes, int number) {
    return nodes.stream().flatMap(n -> n.inputs().stream()).filter(n -> n == number).count();
  }

  /** In the place of an activation that the layer before it computes. */
  private static final class Done implements Layer {
    @Override
    public Shape output(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public boolean passesThrough(List<Shape> inputs) {
      return true;
    }

    @Override
    public Operation operation(Site site) {
      throw new IllegalStateException("a layer that passes through has nothing to do");
    }
  }
}
