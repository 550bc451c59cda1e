package io.lockstep.driver.spark.source.synthetic;

import io.lockstep.common.config.Registry;
import java.util.List;

/** All generators of examples. */
public final class Generators {
  /** A generator a line. */
  public static final Registry<Generator> REGISTRY =
      Registry.of(
          "generator",
          List.of(
              GaussianBlobs.ENTRY,
              Spirals.ENTRY,
              Sine.ENTRY,
              Linear.ENTRY,
              Shapes.ENTRY,
              Strokes.ENTRY,
              Pairs.ENTRY,
              Triplets.ENTRY));

  private Generators() {}
}
