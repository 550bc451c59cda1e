package io.lockstep.worker.engine.graph;

import io.lockstep.common.config.Options;
import io.lockstep.common.layout.TensorSpec;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.layer.ParameterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Layers and how they hang together, with every shape known: an acyclic graph, in which a node
 * comes after all of its inputs. A layer takes what the one before it puts out, or what it names;
 * it may use an earlier layer's tensors, and a block stands for several layers. Immutable,
 * thread-safe; holds no memory.
 */
public final class Graph {
  /** What comes in from outside: one run of the features of an example. */
  private record Input(String name, Shape shape) {}

  private final List<Input> inputs;
  private final Map<String, Integer> named;
  private final List<Node> nodes;
  private final List<TensorSpec> tensors;
  private final List<ParameterSpec> parameters;
  private final Map<String, StoredTensor> stored;
  private final int[] offsets;

  /**
   * @param named the numbers of the inputs, and of the layers and blocks that users name
   * @param stored see {@link #stored()}
   */
  Graph(
      Map<String, Shape> inputs,
      Map<String, Integer> named,
      List<Node> nodes,
      List<TensorSpec> tensors,
      List<ParameterSpec> specs,
      Map<String, StoredTensor> stored) {
    this.inputs = inputs.entrySet().stream().map(e -> new Input(e.getKey(), e.getValue())).toList();
    this.named = Map.copyOf(named);
    this.nodes = List.copyOf(nodes);
    this.tensors = List.copyOf(tensors);
    this.parameters = List.copyOf(specs);
    this.stored = Map.copyOf(stored);
    this.offsets = new int[tensors.size() + 1];
    for (int t = 0; t < tensors.size(); t++) {
      offsets[t + 1] = Math.addExact(offsets[t], tensors.get(t).size());
    }
  }

  /**
   * A graph of several inputs.
   *
   * @param inputs the parts of an example by name, in the order in which they lie in its features
   * @param layers each with its {@code type}; at least one
   * @throws io.lockstep.common.config.ConfigurationException for an unknown layer, input or
   *     setting, two layers of one name, or a layer that cannot take what its inputs put out
   */
  public static Graph of(Map<String, Shape> inputs, List<Options> layers) {
    return new GraphBuilder(inputs).build(layers);
  }

  /**
   * A graph of one input, named {@code input}.
   *
   * @param input the shape of an example
   * @param layers as for {@link #of}
   */
  public static Graph chain(Shape input, List<Options> layers) {
    return of(Map.of("input", input), layers);
  }

  private Graph(Graph other, List<Node> nodes) {
    this.inputs = other.inputs;
    this.named = other.named;
    this.nodes = List.copyOf(nodes);
    this.tensors = other.tensors;
    this.parameters = other.parameters;
    this.stored = other.stored;
    this.offsets = other.offsets;
  }

  /**
   * The same graph for an {@link Execution}, in which layers compute the activations that follow
   * them: what such a layer puts out is what its activation does.
   *
   * @param seen the nodes whose outputs are looked at, which compute theirs as here
   */
  public Graph joined(Collection<Integer> seen) {
    return new Graph(this, Joining.of(nodes, Set.copyOf(seen)));
  }

  /** How many inputs there are. */
  public int inputs() {
    return inputs.size();
  }

  /** The shape of an input. */
  public Shape inputShape(int input) {
    return inputs.get(input).shape();
  }

  /** Numbers of an example: of all inputs. */
  public int inputSize() {
    return inputs.stream().mapToInt(input -> input.shape().size()).reduce(0, Math::addExact);
  }

  /** What stands for an input where the number of a node stands for its output: below 0. */
  static int input(int number) {
    return -1 - number;
  }

  /** The number of the last node. */
  public int last() {
    return nodes.size() - 1;
  }

  /**
   * The number of a node, or what stands for an input; of a block, that of its last node.
   *
   * @param name as written, or with the names of the blocks around it, such as {@code block1.add}
   * @return null where none has the name
   */
  public @Nullable Integer find(String name) {
    Integer found = named.get(name);
    int inner = names().lastIndexOf(name);
    return found != null || inner < 0 ? found : Integer.valueOf(inner);
  }

  /** The shape of what a node, or an input, puts out for an example. */
  public Shape shape(int node) {
    return node < 0 ? inputs.get(-1 - node).shape() : nodes.get(node).shape();
  }

  /** The shape of what the last layer puts out for an example. */
  public Shape output() {
    return nodes.get(last()).shape();
  }

  /** Whether any layer takes what a node, or an input, puts out. */
  public boolean isUsed(int node) {
    return nodes.stream().anyMatch(other -> other.inputs().contains(node));
  }

  /** All tensors, layer by layer. */
  public List<TensorSpec> tensors() {
    return tensors;
  }

  /** What the layers say of the tensors, in the same order. */
  public List<ParameterSpec> parameters() {
    return parameters;
  }

  /**
   * How many tokens there are, at least, where numbers of an example stand for tokens; empty where
   * none do.
   */
  public OptionalInt tokens() {
    return nodes.stream()
        .map(node -> node.layer().tokens())
        .flatMapToInt(OptionalInt::stream)
        .min();
  }

  /** Where those tensors' first values are taken from whose layer says so, by their names here. */
  public Map<String, StoredTensor> stored() {
    return stored;
  }

  /** The names of the layers, in order. */
  public List<String> names() {
    return nodes.stream().map(Node::name).toList();
  }

  /** The types of the layers, in order. */
  public List<String> types() {
    return nodes.stream().map(Node::type).toList();
  }

  /** The tensors that a layer uses: its own, or those that it {@linkplain #shares shares}. */
  public List<TensorSpec> tensors(int node) {
    int first = nodes.get(node).firstTensor();
    return tensors.subList(first, first + nodes.get(node).tensors());
  }

  /** Whether the tensors that a layer uses are those of an earlier one. */
  public boolean shares(int node) {
    Node here = nodes.get(node);
    return here.tensors() > 0
        && nodes.subList(0, node).stream()
            .anyMatch(other -> other.tensors() > 0 && other.firstTensor() == here.firstTensor());
  }

  /** The names of a layer's inputs. */
  public List<String> inputNames(int node) {
    List<String> names = new ArrayList<>();
    for (int from : nodes.get(node).inputs()) {
      names.add(from < 0 ? inputs.get(-1 - from).name() : nodes.get(from).name());
    }
    return names;
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
