package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Every element the same number.
 *
 * @param value the number
 */
public record Constant(String name, double value) implements ElementInitializer {
  private static final Key<Double> VALUE =
      Key.number("value", 0.0, Range.FINITE, "what every element is");

  static final Registry.Entry<Initializer> ZERO =
      new Registry.Entry<>(
          "zero",
          "0: for biases; in weights of hidden layers symmetry never breaks",
          List.of(),
          options -> zero());

  static final Registry.Entry<Initializer> ENTRY =
      new Registry.Entry<>(
          "constant",
          "one number for every element",
          List.of(VALUE),
          options -> new Constant("constant", options.get(VALUE)));

  /** Zeros, as biases begin. */
  public static Initializer zero() {
    return new Constant("zero", 0);
  }

  @Override
  public double value(RandomStream random, long element, int fanIn, int fanOut) {
    return value;
  }
}
