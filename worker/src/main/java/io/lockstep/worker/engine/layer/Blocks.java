package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;
import java.util.function.UnaryOperator;

/** All blocks by name: a new one is one file and one line here. */
public final class Blocks {
  /** The registry, in the order of the documentation. */
  public static final Registry<Block> REGISTRY =
      Registry.of("layer", List.of(Residual.ENTRY, TransformerBlock.ENTRY));

  private Blocks() {}

  /** A layer's or a block's section with the defaults of its type filled in. */
  public static Options resolve(Options section) {
    return each(
        section,
        one -> has(one.get(Registry.TYPE)) ? REGISTRY.resolve(one) : Layers.REGISTRY.resolve(one));
  }

  /**
   * A layer's or a block's section, changed, with those of the layers that are written in it.
   *
   * @param change is given each of the sections by itself
   */
  public static Options each(Options section, UnaryOperator<Options> change) {
    Options changed = change.apply(section);
    if (has(section.get(Registry.TYPE))) {
      for (Key<List<Options>> key : Residual.LISTS) {
        if (REGISTRY.entry(section).keys().contains(key) && changed.has(key)) {
          changed =
              changed.with(
                  key, changed.get(key).stream().map(inner -> each(inner, change)).toList());
        }
      }
    }
    return changed;
  }

  /** Whether a type is a block's. */
  public static boolean has(String type) {
    return REGISTRY.entries().stream().anyMatch(entry -> entry.name().equals(type));
  }
}
