package io.lockstep.worker.engine.graph;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Layer;
import io.lockstep.worker.engine.layer.Layers;
import io.lockstep.worker.engine.layer.ParameterSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Layers and how they hang together, with every shape known. A node comes after all of its inputs.
 * Immutable, thread-safe; holds no memory.
 */
public final class Graph {
  /** Stands for the examples where the number of a node stands for its output. */
  static final int INPUT = -1;

  /** A layer's own name, which its tensors are named after. */
  public static final Key<String> NAME =
      Key.text(
          "name",
          "",
          "unique; the layer's tensors are NAME.W, ...; without it the type and a number");

  private final Shape input;
  private final List<Node> nodes;
  private final List<TensorSpec> tensors;
  private final List<ParameterSpec> parameters;
  private final int[] offsets;

  private Graph(
      Shape input, List<Node> nodes, List<TensorSpec> tensors, List<ParameterSpec> specs) {
    this.input = input;
    this.nodes = List.copyOf(nodes);
    this.tensors = List.copyOf(tensors);
    this.parameters = List.copyOf(specs);
    this.offsets = new int[tensors.size() + 1];
    for (int t = 0; t < tensors.size(); t++) {
      offsets[t + 1] = Math.addExact(offsets[t], tensors.get(t).size());
    }
  }

  /**
   * Layers one after another.
   *
   * @param input the shape of an example
   * @param layers each with its {@code type}; at least one
   * @throws io.lockstep.common.config.ConfigurationException for an unknown layer or setting, two
   *     layers of one name, or a layer that cannot take what the one before it puts out
   */
  public static Graph chain(Shape input, List<Options> layers) {
    List<Node> nodes = new ArrayList<>();
    List<TensorSpec> tensors = new ArrayList<>();
    List<ParameterSpec> parameters = new ArrayList<>();
    List<String> names = names(layers);
    Shape shape = input;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = Layers.REGISTRY.create(layers.get(i), NAME);
      List<Shape> inputs = List.of(shape);
      shape = output(layer, inputs, layers.get(i));
      List<ParameterSpec> specs = layer.parameters(inputs);
      nodes.add(
          new Node(
              names.get(i), layer, List.of(i - 1), inputs, shape, tensors.size(), specs.size()));
      for (ParameterSpec spec : specs) {
        tensors.add(spec.tensor(names.get(i)));
        parameters.add(spec);
      }
    }
    return new Graph(input, nodes, tensors, parameters);
  }

  private static Shape output(Layer layer, List<Shape> inputs, Options section) {
    try {
      Shape shape = layer.output(inputs);
      layer.parameters(inputs).forEach(ParameterSpec::size);
      shape.size();
      return shape;
    } catch (ArithmeticException e) {
      throw section.error(
          "puts out, or has in a tensor, more than 2^31 - 1 numbers for "
              + inputs
              + "; make it smaller");
    }
  }

  /** The names as written, and for the others their type and its number among all of the type. */
  private static List<String> names(List<Options> layers) {
    Set<String> written = new HashSet<>();
    for (Options layer : layers) {
      String name = layer.get(NAME);
      if (layer.has(NAME) && (name.isEmpty() || name.contains("."))) {
        throw layer.error(NAME, "must have at least one letter and no '.'");
      }
      if (layer.has(NAME) && !written.add(name)) {
        throw layer.error(NAME, "must differ from the names of all other layers");
      }
    }
    List<String> names = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (Options layer : layers) {
      String type = layer.get(Registry.TYPE);
      int number = counts.merge(type, 1, Integer::sum);
      String name = layer.has(NAME) ? layer.get(NAME) : type + number;
      if (!layer.has(NAME) && written.contains(name)) {
        throw layer.error(
            "would be named '" + name + "', as another layer is; give one of them another name");
      }
      names.add(name);
    }
    return List.copyOf(names);
  }

  /** The shape of an example. */
  public Shape input() {
    return input;
  }

  /** The shape of what the last layer puts out for an example. */
  public Shape output() {
    return nodes.get(nodes.size() - 1).shape();
  }

  /** All tensors, layer by layer. */
  public List<TensorSpec> tensors() {
    return tensors;
  }

  /** What the layers say of the tensors, in the same order. */
  public List<ParameterSpec> parameters() {
    return parameters;
  }

  /** The names of the layers, in order. */
  public List<String> names() {
    return nodes.stream().map(Node::name).toList();
  }

  /** The shapes of what the layers put out, in order. */
  public List<Shape> shapes() {
    return nodes.stream().map(Node::shape).toList();
  }

  /** The first element of a tensor in the flat vector; for the number of tensors, its length. */
  public int offset(int tensor) {
    return offsets[tensor];
  }

  /** The first elements, in the flat vector, of the tensors of running statistics. */
  public Set<Integer> statistics() {
    return IntStream.range(0, tensors.size())
        .filter(t -> tensors.get(t).isStatistics())
        .map(this::offset)
        .boxed()
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Numbers in all tensors. */
  public int size() {
    return offsets[tensors.size()];
  }

  List<Node> nodes() {
    return nodes;
  }
}
