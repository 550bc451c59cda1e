package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Options;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.List;

/** Where a layer is written, for its errors. */
record Place(Options section) {
  /** The only input's shape. */
  Shape single(List<Shape> inputs) {
    if (inputs.size() != 1) {
      throw section.error("must have one input, got " + inputs.size());
    }
    return inputs.get(0);
  }

  /** The shape of several inputs, which must be the same of all. */
  Shape same(List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw section.error("must have at least two inputs, got " + inputs.size());
    }
    for (Shape shape : inputs) {
      if (!shape.equals(inputs.get(0))) {
        throw section.error("must have inputs of one shape, got " + inputs);
      }
    }
    return inputs.get(0);
  }

  /** The only input's shape, which must be [features] or [length, width]. */
  Shape features(List<Shape> inputs) {
    Shape shape = single(inputs);
    if (shape.isImage()) {
      throw needs("[features] or [length, width]", shape, "put a flatten layer before it");
    }
    return shape;
  }

  /** The only input's shape, which must be [length, width]. */
  Shape sequence(List<Shape> inputs) {
    Shape shape = single(inputs);
    if (!shape.isSequence()) {
      throw needs(
          "[length, width]", shape, "give model.input two numbers, or put an embedding before it");
    }
    return shape;
  }

  /** The only input's shape, which must be [channels, height, width]. */
  Shape image(List<Shape> inputs) {
    Shape shape = single(inputs);
    if (!shape.isImage()) {
      throw needs(
          "[channels, height, width]",
          shape,
          "give model.input three numbers, and put no flatten or dense layer before it");
    }
    return shape;
  }

  /** {@code model.layers[1] needs WHAT, got SHAPE from the layer before: WAY OUT (place)}. */
  ConfigurationException needs(String what, Shape got, String wayOut) {
    return section.error("needs " + what + ", got " + got + " from the layer before; " + wayOut);
  }
}
