package io.lockstep.common.config;

import io.lockstep.common.layout.Layout;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network: {@code model}.
 *
 * @param inputs the shapes of an example's parts by name, in the order in which they lie in its
 *     features: [features], [length, width] or [channels, height, width]; one alone is {@code
 *     input}
 * @param layers the layers in order, each with its {@code type}
 * @param chunkElements most elements of a chunk of a tensor
 * @param weights where first values are taken from, see {@link WeightsSection}; empty for nowhere
 */
public record ModelSection(
    Map<String, List<Integer>> inputs, List<Options> layers, int chunkElements, Options weights) {
  /** What a single input is called. */
  public static final String INPUT_NAME = "input";

  /** Shape of one example. */
  public static final Key<List<Integer>> INPUT =
      Key.integers(
          "input",
          List.of(),
          Range.closed(1, Integer.MAX_VALUE),
          "the shape of one example: [features], [length, width] for a sequence, or [channels,"
              + " height, width] for an image");

  /** Shapes of several inputs. */
  public static final Key<Options> INPUTS =
      Key.section(
          "inputs",
          "instead of input, several by name, {left: [28], right: [3, 8, 8]}: the features of an"
              + " example, cut in this order");

  /** The layers. */
  public static final Key<List<Options>> LAYERS =
      Key.sections("layers", "the layers in order, each with its type").required();

  /** Elements of a chunk. */
  public static final Key<Integer> CHUNK_ELEMENTS =
      Key.integer(
          "chunkElements",
          Layout.DEFAULT_CHUNK_ELEMENTS,
          Range.closed(1, 1 << 24),
          "most elements of a chunk, the unit of layout and wire; another size, other bits");

  /** Where first values are taken from. */
  public static final Key<Options> WEIGHTS =
      Key.section(
          "weights",
          "{file: FILE}: every tensor of FILE begins with its values there, the others as their"
              + " initializers say");

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(INPUT, INPUTS, LAYERS, CHUNK_ELEMENTS, WEIGHTS);

  /** Copies the lists. */
  public ModelSection {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    layers = List.copyOf(layers);
  }

  /** A model in chunks of the usual size. */
  public ModelSection(List<Integer> input, List<Options> layers) {
    this(Map.of(INPUT_NAME, input), layers, Layout.DEFAULT_CHUNK_ELEMENTS, Options.empty());
  }

  /** The same model with other layers: defaults filled in. */
  public ModelSection withLayers(List<Options> newLayers) {
    return new ModelSection(inputs, newLayers, chunkElements, weights);
  }

  /** The same model with other weights: the path absolute, the hash known. */
  public ModelSection withWeights(Options newWeights) {
    return new ModelSection(inputs, layers, chunkElements, newWeights);
  }

  /** The shape of the one input; empty where there are several. */
  public List<Integer> onlyInput() {
    return inputs.size() == 1 ? inputs.values().iterator().next() : List.of();
  }

  /** Numbers of an example: of all inputs. */
  public int inputSize() {
    return inputs.values().stream()
        .mapToInt(extents -> extents.stream().reduce(1, Math::multiplyExact))
        .reduce(0, Math::addExact);
  }

  static ModelSection read(Options options) {
    options.allowOnly(KEYS);
    ModelSection model =
        new ModelSection(
            inputs(options),
            options.get(LAYERS),
            options.get(CHUNK_ELEMENTS),
            options.get(WEIGHTS));
    if (options.has(WEIGHTS)) {
      model.weights.allowOnly(WeightsSection.MODEL_KEYS);
      model.weights.get(WeightsSection.FILE);
    }
    if (model.layers.isEmpty()) {
      throw options.error(LAYERS, "must have at least one layer");
    }
    return model;
  }

  private static Map<String, List<Integer>> inputs(Options options) {
    if (options.has(INPUT) == options.has(INPUTS)) {
      throw options.has(INPUT)
          ? options.error(INPUTS, "must not be there beside input")
          : options.error("must have input, the shape of one example, or inputs, several by name");
    }
    Options several = options.has(INPUTS) ? options.get(INPUTS) : options;
    Collection<String> names = options.has(INPUTS) ? several.names() : List.of(INPUT.name());
    Map<String, List<Integer>> inputs = new LinkedHashMap<>();
    for (String name : names) {
      Key<List<Integer>> key =
          Key.integers(name, List.of(), Range.closed(1, Integer.MAX_VALUE), INPUT.meaning());
      List<Integer> extents = several.get(key);
      if (extents.isEmpty() || extents.size() > 3) {
        throw several.error(
            key, "must be [features], [length, width] or [channels, height, width]");
      }
      inputs.put(name, extents);
    }
    if (inputs.isEmpty()) {
      throw options.error(INPUTS, "must have at least one");
    }
    return inputs;
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    if (inputs.size() == 1 && inputs.containsKey(INPUT_NAME)) {
      plain.put(INPUT.name(), inputs.get(INPUT_NAME));
    } else {
      plain.put(INPUTS.name(), inputs);
    }
    plain.put(LAYERS.name(), layers.stream().map(Options::plain).toList());
    plain.put(CHUNK_ELEMENTS.name(), chunkElements);
    if (!weights.isEmpty()) {
      plain.put(WEIGHTS.name(), weights.plain());
    }
    return plain;
  }
}
