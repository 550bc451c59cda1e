package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.activation.Activations;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * y = f(F(x) + S(x)): F the layers, S the shortcut, which is x itself where none is written (He et
 * al. 2016, "Deep residual learning for image recognition", eq. 1 and 2).
 */
final class Residual implements Block {
  private static final Key<List<Options>> LAYERS =
      Key.sections("layers", "the layers beside which the shortcut leads").required();

  private static final Key<List<Options>> SHORTCUT =
      Key.sections("shortcut", "layers of the shortcut; without it the input as it is");

  /** The keys under which sections of layers stand. */
  static final List<Key<List<Options>>> LISTS = List.of(LAYERS, SHORTCUT);

  static final Registry.Entry<Block> ENTRY =
      new Registry.Entry<>(
          "residual",
          "f(F(x) + x): layers and a shortcut beside them (He et al. 2016)",
          List.of(LAYERS, SHORTCUT, Activations.KEY),
          Residual::new);

  private final Options section;

  private Residual(Options section) {
    this.section = section;
    if (section.get(LAYERS).isEmpty()) {
      throw section.error(LAYERS, "must have at least one layer");
    }
  }

  @Override
  public List<Options> layers(List<Shape> inputs) {
    new Place(section).single(inputs);
    List<Options> body = section.get(LAYERS);
    List<Options> shortcut = section.has(SHORTCUT) ? section.get(SHORTCUT) : List.of();
    List<Options> layers = new ArrayList<>(body);
    if (!shortcut.isEmpty()) {
      Options first = shortcut.get(0);
      layers.add(
          first.has(LayerKeys.INPUTS)
              ? first
              : first.with(LayerKeys.INPUTS, List.of(Block.input(0))));
      layers.addAll(shortcut.subList(1, shortcut.size()));
    }
    List<String> names = LayerKeys.names(layers);
    String aside = shortcut.isEmpty() ? Block.input(0) : names.get(names.size() - 1);
    layers.add(
        section.derived(
            "add", Map.of("type", "add", "inputs", List.of(names.get(body.size() - 1), aside))));
    if (section.has(Activations.KEY)) {
      layers.add(
          section
              .derived("activation", Map.of("type", "activation"))
              .with(Activations.KEY, section.get(Activations.KEY)));
    }
    return List.copyOf(layers);
  }
}
