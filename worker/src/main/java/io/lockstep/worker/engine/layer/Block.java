package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/** A type of the configuration that stands for several layers. Immutable. */
@FunctionalInterface
public interface Block {
  /** How the sections of {@link #layers} name the block's own inputs, the first and the others. */
  static String input(int number) {
    return number == 0 ? "input" : "input" + (number + 1);
  }

  /**
   * The layers in order, the last of which puts out what the block does. Their names hold within
   * the block: outside, and in their tensors, the block's name and a dot come before. A section
   * without {@code inputs} takes what the one before it puts out, the first one the block's first
   * input.
   *
   * @param inputs the shapes of the block's inputs
   * @throws io.lockstep.common.config.ConfigurationException where the block cannot take these
   */
  List<Options> layers(List<Shape> inputs);
}
