package io.lockstep.worker.engine.graph;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.Names;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.config.WeightsSection;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.Block;
import io.lockstep.worker.engine.layer.Blocks;
import io.lockstep.worker.engine.layer.Layer;
import io.lockstep.worker.engine.layer.LayerKeys;
import io.lockstep.worker.engine.layer.Layers;
import io.lockstep.worker.engine.layer.ParameterSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Graph} of the configuration's layers: finds every input by its name, puts the
 * layers of a block in its place, and works out all shapes and tensors.
 */
final class GraphBuilder {
  private final Map<String, Shape> inputs;
  private final List<Node> nodes = new ArrayList<>();
  private final List<TensorSpec> tensors = new ArrayList<>();
  private final List<ParameterSpec> parameters = new ArrayList<>();
  private final Map<String, StoredTensor> stored = new HashMap<>();

  /** The types of all layers and blocks by their full names, for those that share tensors. */
  private final Map<String, String> types = new HashMap<>();

  private final Map<String, Node> byName = new HashMap<>();

  /**
   * Where a list of layers stands.
   *
   * @param prefix of all names: empty, or a block's name and a dot
   * @param share the block whose layers' tensors are used, and a dot; empty where none
   * @param frozen whether all of it is
   * @param weights where the first values of the block's tensors are taken from; null for nowhere
   */
  private record Scope(
      String prefix, String share, boolean frozen, @Nullable StoredTensor weights) {}

  /**
   * What becomes of a layer's tensors, or of those of a block's layers.
   *
   * @param share the full name of the layer whose tensors are used; empty for tensors of its own
   * @param frozen whether they stay as they are
   * @param weights the section, and the layer's name in the file; null where there is none
   */
  private record Fate(String share, boolean frozen, @Nullable StoredTensor weights) {}

  GraphBuilder(Map<String, Shape> inputs) {
    this.inputs = new LinkedHashMap<>(inputs);
  }

  Graph build(List<Options> layers) {
    Map<String, Integer> known = new LinkedHashMap<>();
    for (String name : inputs.keySet()) {
      known.put(name, Graph.input(known.size()));
    }
    add(layers, known, new Scope("", "", false, null));
    return new Graph(inputs, known, nodes, tensors, parameters, stored);
  }

  /**
   * Adds layers.
   *
   * @param known what they may name, with its number; the layers are added to it
   * @return the number of the last one
   */
  private int add(List<Options> layers, Map<String, Integer> known, Scope scope) {
    List<String> names = LayerKeys.names(layers);
    List<Integer> before = List.copyOf(known.values());
    int last = before.get(0);
    for (int i = 0; i < layers.size(); i++) {
      Options section = layers.get(i);
      if (known.containsKey(names.get(i))) {
        throw section.error(
            "would be named '" + names.get(i) + "', as an input is; give it another name");
      }
      if (i == 0 && before.size() > 1 && !section.has(LayerKeys.INPUTS)) {
        throw section.error(
            "must name its inputs, because there are several: "
                + String.join(", ", known.keySet()));
      }
      List<Integer> from = section.has(LayerKeys.INPUTS) ? named(section, known) : List.of(last);
      String name = scope.prefix() + names.get(i);
      String share = shared(section, scope, names.get(i));
      boolean frozen = scope.frozen() || section.get(LayerKeys.FROZEN);
      Fate fate = new Fate(share, frozen, weights(section, scope, names.get(i)));
      last =
          Blocks.has(section.get(Registry.TYPE))
              ? block(section, name, from, fate)
              : layer(section, name, from, fate);
      known.put(names.get(i), last);
    }
    return last;
  }

  private static List<Integer> named(Options section, Map<String, Integer> known) {
    List<Integer> from = new ArrayList<>();
    for (String name : section.get(LayerKeys.INPUTS)) {
      Integer number = known.get(name);
      if (number == null) {
        throw section.error(
            LayerKeys.INPUTS,
            "must name what comes before it: '"
                + name
                + "' does not"
                + Names.nearest(name, known.keySet())
                    .map(near -> ", did you mean '" + near + "'?")
                    .orElse("; known: " + String.join(", ", known.keySet())));
      }
      from.add(number);
    }
    return from;
  }

  /** The full name of the layer whose tensors are used; empty for tensors of its own. */
  private String shared(Options section, Scope scope, String name) {
    if (!section.has(LayerKeys.SHARE)) {
      return scope.share().isEmpty() ? "" : scope.share() + name;
    }
    String other = scope.prefix() + section.get(LayerKeys.SHARE);
    String type = types.get(other);
    if (type == null) {
      throw section.error(LayerKeys.SHARE, "must name a layer that comes before it");
    }
    if (!type.equals(section.get(Registry.TYPE))) {
      throw section.error(
          LayerKeys.SHARE, "must name a layer of the same type, not one of type " + type);
    }
    return other;
  }

  private static @Nullable StoredTensor weights(Options section, Scope scope, String name) {
    if (!section.has(LayerKeys.WEIGHTS)) {
      StoredTensor around = scope.weights();
      return around == null ? null : new StoredTensor(around.section(), around.name() + "." + name);
    }
    if (section.has(LayerKeys.SHARE)) {
      throw section.error(
          LayerKeys.WEIGHTS,
          "must not be there beside share; the layer that is shared may have it");
    }
    Options weights = section.get(LayerKeys.WEIGHTS);
    weights.allowOnly(WeightsSection.LAYER_KEYS);
    weights.get(WeightsSection.FILE);
    return new StoredTensor(
        weights,
        weights.has(WeightsSection.LAYER)
            ? weights.get(WeightsSection.LAYER)
            : scope.prefix() + name);
  }

  private int block(Options section, String name, List<Integer> from, Fate fate) {
    Block block = Blocks.REGISTRY.create(section, LayerKeys.ALL.toArray(Key<?>[]::new));
    types.put(name, section.get(Registry.TYPE));
    if (from.isEmpty()) {
      throw section.error(LayerKeys.INPUTS, "must name at least one");
    }
    Map<String, Integer> known = new LinkedHashMap<>();
    for (int i = 0; i < from.size(); i++) {
      known.put(Block.input(i), from.get(i));
    }
    List<Options> layers = new ArrayList<>(block.layers(shapes(from)));
    if (!layers.get(0).has(LayerKeys.INPUTS)) {
      layers.set(0, layers.get(0).with(LayerKeys.INPUTS, List.of(Block.input(0))));
    }
    String share = fate.share().isEmpty() ? "" : fate.share() + ".";
    return add(layers, known, new Scope(name + ".", share, fate.frozen(), fate.weights()));
  }

  private int layer(Options section, String name, List<Integer> from, Fate fate) {
    Layer layer = Layers.REGISTRY.create(section, LayerKeys.ALL.toArray(Key<?>[]::new));
    List<Shape> shapes = shapes(from);
    if (layer.tokens().isPresent() && from.stream().anyMatch(this::learns)) {
      throw section.error(
          "takes tokens, which have no gradient for the layers before it to learn from; let it take"
              + " an input of the model");
    }
    Shape shape = output(layer, shapes, section);
    List<ParameterSpec> specs = layer.parameters(shapes);
    String type = section.get(Registry.TYPE);
    if (specs.isEmpty() && section.has(LayerKeys.WEIGHTS)) {
      throw section.error(LayerKeys.WEIGHTS, "must not be there, because the layer has no tensors");
    }
    int first = tensors.size();
    boolean learns = !fate.frozen();
    boolean inference = fate.frozen();
    if (fate.share().isEmpty()) {
      specs.forEach(spec -> add(spec, name, fate));
    } else {
      Node other = owner(section, fate.share(), specs);
      first = other.firstTensor();
      learns &= !other.inference();
      inference = other.inference();
    }
    Node node =
        new Node(name, type, layer, from, shapes, shape, first, specs.size(), learns, inference);
    nodes.add(node);
    types.put(name, type);
    byName.put(name, node);
    return nodes.size() - 1;
  }

  private void add(ParameterSpec spec, String layer, Fate fate) {
    TensorSpec tensor = spec.tensor(layer);
    tensors.add(fate.frozen() ? tensor.frozen() : tensor);
    parameters.add(spec);
    StoredTensor weights = fate.weights();
    if (weights != null) {
      String name = weights.name() + "." + spec.suffix();
      stored.put(tensor.name(), new StoredTensor(weights.section(), name));
    }
  }

  /** The layer whose tensors are used, where they have the shapes that are needed. */
  private Node owner(Options section, String share, List<ParameterSpec> specs) {
    Node other = byName.get(share);
    if (other == null) {
      throw section.error("shares a block that has no layer '" + share + "'");
    }
    List<List<Integer>> wanted = specs.stream().map(ParameterSpec::shape).toList();
    List<List<Integer>> found =
        parameters.subList(other.firstTensor(), other.firstTensor() + other.tensors()).stream()
            .map(ParameterSpec::shape)
            .toList();
    if (!wanted.equals(found)) {
      throw section.error(
          "cannot share the tensors of '"
              + share
              + "', because they have the shapes "
              + found
              + " and it needs "
              + wanted);
    }
    return other;
  }

  /** Whether a node, or one that it takes from, has tensors. */
  private boolean learns(int number) {
    return number >= 0
        && (nodes.get(number).tensors() > 0
            || nodes.get(number).inputs().stream().anyMatch(this::learns));
  }

  private List<Shape> shapes(List<Integer> from) {
    List<Shape> all = List.copyOf(inputs.values());
    return from.stream().map(n -> n < 0 ? all.get(-1 - n) : nodes.get(n).shape()).toList();
  }

  private static Shape output(Layer layer, List<Shape> inputs, Options section) {
    try {
      Shape shape = layer.output(inputs);
      layer.parameters(inputs).forEach(ParameterSpec::size);
      shape.size();
      return shape;
    } catch (ArithmeticException e) {
      throw tooLarge(section, inputs);
    }
  }

  private static ConfigurationException tooLarge(Options section, List<Shape> inputs) {
    return section.error(
        "puts out, or has in a tensor, more than 2^31 - 1 numbers for "
            + inputs
            + "; make it smaller");
  }
}
