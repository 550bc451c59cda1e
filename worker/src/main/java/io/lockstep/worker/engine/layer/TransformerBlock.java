package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One layer of a transformer on a sequence [length, width]. With the normalisation before (as
 * GPT-2; Xiong et al. 2020 say why it trains more easily) or after (as Vaswani et al. 2017):
 *
 * <pre>{@code
 * before: h = x + attention(norm1(x)),  y = h + dense2(f(dense1(norm2(h))))
 * after:  h = norm1(x + attention(x)),  y = norm2(h + dense2(f(dense1(h))))
 * }</pre>
 *
 * <p>Dropout is where PyTorch's TransformerEncoderLayer has it: on attention's weights, behind
 * attention, behind f and behind dense2. A decoder is the causal form.
 */
final class TransformerBlock implements Block {
  private static final String BEFORE = "before";
  private static final int USUAL_EXPANSION = 4;

  private static final Key<Integer> HEADS =
      Key.integer("heads", 0, Range.closed(1, Integer.MAX_VALUE), "a number that divides the width")
          .required();

  private static final Key<Boolean> CAUSAL =
      Key.flag("causal", false, "whether a position sees only itself and those before");

  private static final Key<Integer> HIDDEN =
      Key.integer(
          "hidden",
          0,
          Range.closed(0, Integer.MAX_VALUE),
          "numbers between the two dense layers; 0 is four times the width");

  private static final Key<Options> ACTIVATION =
      Key.named(
          "activation",
          "gelu",
          "what follows the first dense layer, by name or as a section with a type");

  private static final Key<String> NORM =
      Key.choice(
          "norm",
          BEFORE,
          List.of(BEFORE, "after"),
          "before: attention and dense layers take normalised inputs; after: their sums with the"
              + " input are normalised");

  private static final Key<Double> DROPOUT =
      Key.number("dropout", 0.0, Range.FRACTION, "the part that is dropped in training");

  static final Registry.Entry<Block> ENTRY =
      new Registry.Entry<>(
          "transformer-block",
          "attention and two dense layers, each normalised and beside a shortcut (Vaswani et al."
              + " 2017): norm1, attention, norm2, dense1 and dense2",
          List.of(HEADS, CAUSAL, HIDDEN, ACTIVATION, NORM, DROPOUT),
          TransformerBlock::new);

  private final Options section;
  private final boolean before;
  private final double dropout;

  private TransformerBlock(Options section) {
    this.section = section;
    before = section.get(NORM).equals(BEFORE);
    dropout = section.get(DROPOUT);
  }

  @Override
  public List<Options> layers(List<Shape> inputs) {
    int width = new Place(section).sequence(inputs).channels();
    int hidden = section.get(HIDDEN) > 0 ? section.get(HIDDEN) : USUAL_EXPANSION * width;
    List<Options> layers = new ArrayList<>();
    sublayer(
        layers,
        1,
        Block.input(0),
        List.of(
            layer(
                "attention",
                "multi-head-attention",
                Map.of(
                    "heads",
                    section.get(HEADS),
                    "causal",
                    section.get(CAUSAL),
                    "dropout",
                    dropout))));
    List<Options> dense = new ArrayList<>();
    dense.add(
        layer("dense1", "dense", Map.of("units", hidden))
            .with(Activations.KEY, section.get(ACTIVATION)));
    drop(dense, "dropout");
    dense.add(layer("dense2", "dense", Map.of("units", width)));
    sublayer(layers, 2, before ? "add1" : "norm1", dense);
    return List.copyOf(layers);
  }

  /** The body beside a shortcut, with the normalisation where it belongs. */
  private void sublayer(List<Options> layers, int number, String input, List<Options> body) {
    Options norm = layer("norm" + number, "layer-norm", Map.of());
    if (before) {
      layers.add(norm);
    }
    layers.addAll(body);
    drop(layers, "dropout" + number);
    String last = layers.get(layers.size() - 1).get(LayerKeys.NAME);
    layers.add(layer("add" + number, "add", Map.of("inputs", List.of(input, last))));
    if (!before) {
      layers.add(norm);
    }
  }

  private void drop(List<Options> layers, String name) {
    if (dropout > 0) {
      layers.add(layer(name, "dropout", Map.of("rate", dropout)));
    }
  }

  private Options layer(String name, String type, Map<String, ?> settings) {
    Map<String, Object> all = new TreeMap<>(settings);
    all.put("name", name);
    all.put("type", type);
    return section.derived(name, all);
  }
}
