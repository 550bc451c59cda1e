package io.lockstep.worker.engine.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which gradients of outputs are computed, and in which memory. The gradient that a node hands to
 * an input has a slot of its own until the backward pass of that input's node has used it; a node
 * that feeds several adds theirs in the order in which they were made. Nodes that pass through have
 * no gradients: theirs are their input's.
 */
final class GradientPlan {
  private final Slots slots = new Slots();
  private final List<Integer> outputs = new ArrayList<>();
  private final List<List<Integer>> upstream = new ArrayList<>();
  private final Map<List<Integer>, Integer> inputGradients = new HashMap<>();

  private GradientPlan() {}

  /**
   * @param outputs the nodes whose outputs the gradient begins at, below 0 for inputs
   */
  static GradientPlan of(Graph graph, int maxExamples, List<Integer> outputs) {
    GradientPlan plan = new GradientPlan();
    List<Node> nodes = graph.nodes();
    boolean[] wants = wants(nodes);
    nodes.forEach(node -> plan.upstream.add(new ArrayList<>()));
    for (int output : outputs) {
      int slot = plan.slots.take(Math.multiplyExact(maxExamples, graph.shape(output).size()));
      plan.outputs.add(slot);
      int from = source(nodes, output);
      if (from >= 0) {
        plan.upstream.get(from).add(slot);
      }
    }
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (wants[i] && !nodes.get(i).passesThrough() && !plan.upstream.get(i).isEmpty()) {
        plan.visit(nodes, i, wants, maxExamples);
      } else {
        plan.upstream.get(i).clear();
      }
    }
    return plan;
  }

  private void visit(List<Node> nodes, int number, boolean[] wants, int maxExamples) {
    Node node = nodes.get(number);
    for (int i = 0; i < node.inputs().size(); i++) {
      int from = source(nodes, node.inputs().get(i));
      if (from >= 0 && wants[from]) {
        int slot = slots.take(Math.multiplyExact(maxExamples, node.inputShapes().get(i).size()));
        inputGradients.put(List.of(number, i), slot);
        upstream.get(from).add(slot);
      }
    }
    upstream.get(number).forEach(slots::release);
  }

  /** Whether a node, or one below it, has tensors that learn. */
  private static boolean[] wants(List<Node> nodes) {
    boolean[] wants = new boolean[nodes.size()];
    for (int i = 0; i < wants.length; i++) {
      Node node = nodes.get(i);
      wants[i] =
          !node.layer().stopsGradient()
              && (node.hasGradients() || node.inputs().stream().anyMatch(n -> n >= 0 && wants[n]));
    }
    return wants;
  }

  /** The node whose memory holds the output of a node: passes through those that pass through. */
  private static int source(List<Node> nodes, int number) {
    int n = number;
    while (n >= 0 && nodes.get(n).passesThrough()) {
      n = nodes.get(n).inputs().get(0);
    }
    return n;
  }

  /** Lengths of the slots. */
  List<Integer> lengths() {
    return slots.lengths();
  }

  /** The slot in which the gradient of an output arrives, by its number among the outputs. */
  int output(int number) {
    return outputs.get(number);
  }

  /** The slots in which the gradients of a node's output arrive; none where it is not computed. */
  List<Integer> upstream(int node) {
    return upstream.get(node);
  }

  /** The slot for the gradient of a node's input; -1 where it is not wanted. */
  int inputGradient(int node, int input) {
    return inputGradients.getOrDefault(List.of(node, input), -1);
  }
}
