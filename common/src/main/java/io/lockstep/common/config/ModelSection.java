package io.lockstep.common.config;

import io.lockstep.common.layout.Layout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network: {@code model}.
 *
 * @param input the shape of one example: [features], [length, width] or [channels, height, width]
 * @param layers the layers in order, each with its {@code type}
 * @param chunkElements most elements of a chunk of a tensor
 */
public record ModelSection(List<Integer> input, List<Options> layers, int chunkElements) {
  /** Shape of one example. */
  public static final Key<List<Integer>> INPUT =
      Key.integers(
              "input",
              List.of(),
              Range.closed(1, Integer.MAX_VALUE),
              "the shape of one example: [features], [length, width] for a sequence, or [channels,"
                  + " height, width] for an image")
          .required();

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

  /** Its keys. */
  public static final List<Key<?>> KEYS = List.of(INPUT, LAYERS, CHUNK_ELEMENTS);

  /** Copies the lists. */
  public ModelSection {
    input = List.copyOf(input);
    layers = List.copyOf(layers);
  }

  /** A model in chunks of the usual size. */
  public ModelSection(List<Integer> input, List<Options> layers) {
    this(input, layers, Layout.DEFAULT_CHUNK_ELEMENTS);
  }

  static ModelSection read(Options options) {
    options.allowOnly(KEYS);
    ModelSection model =
        new ModelSection(options.get(INPUT), options.get(LAYERS), options.get(CHUNK_ELEMENTS));
    if (model.input.isEmpty() || model.input.size() > 3) {
      throw options.error(
          INPUT, "must be [features], [length, width] or [channels, height, width]");
    }
    if (model.layers.isEmpty()) {
      throw options.error(LAYERS, "must have at least one layer");
    }
    return model;
  }

  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put(INPUT.name(), input);
    plain.put(LAYERS.name(), layers.stream().map(Options::plain).toList());
    plain.put(CHUNK_ELEMENTS.name(), chunkElements);
    return plain;
  }
}
