package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import java.util.List;

/** All blocks by name: a new one is one file and one line here. */
public final class Blocks {
  /** The registry, in the order of the documentation. */
  public static final Registry<Block> REGISTRY =
      Registry.of("layer", List.of(Residual.ENTRY, TransformerBlock.ENTRY));

  private Blocks() {}

  /** A layer's or a block's section with the defaults of its type filled in. */
  public static Options resolve(Options section) {
    if (!has(section.get(Registry.TYPE))) {
      return Layers.REGISTRY.resolve(section);
    }
    Options filled = REGISTRY.resolve(section);
    for (Key<List<Options>> key : Residual.LISTS) {
      if (REGISTRY.entry(section).keys().contains(key) && filled.has(key)) {
        filled = filled.with(key, filled.get(key).stream().map(Blocks::resolve).toList());
      }
    }
    return filled;
  }

  /** Whether a type is a block's. */
  public static boolean has(String type) {
    return REGISTRY.entries().stream().anyMatch(entry -> entry.name().equals(type));
  }
}
