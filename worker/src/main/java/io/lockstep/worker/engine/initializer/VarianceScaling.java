package io.lockstep.worker.engine.initializer;

import io.lockstep.common.config.Registry;
import io.lockstep.common.random.RandomStream;
import java.util.List;

/**
 * Numbers of mean 0 whose variance follows from the layer's fans, so that signals keep their size
 * through the layers.
 *
 * <ul>
 *   <li>Xavier: variance 2 / (fanIn + fanOut); Glorot and Bengio (2010), eq. 12 and 16.
 *   <li>He: variance 2 / fanIn; He, Zhang, Ren, Sun (2015), eq. 10.
 *   <li>LeCun: variance 1 / fanIn; LeCun, Bottou, Orr, Mueller (1998), eq. 16; the one that selu
 *       normalises itself with (Klambauer et al. 2017).
 * </ul>
 *
 * A normal distribution has that variance itself (nothing is cut off); an even one over [-limit,
 * limit) has it with limit = sqrt(3 variance).
 */
public final class VarianceScaling implements ElementInitializer {
  /** How the numbers are distributed. */
  private enum Shape {
    NORMAL,
    UNIFORM
  }

  /** Whose variance. */
  private enum Rule {
    XAVIER,
    HE,
    LECUN;

    double variance(double fanIn, double fanOut) {
      return switch (this) {
        case XAVIER -> 2 / (fanIn + fanOut);
        case HE -> 2 / fanIn;
        case LECUN -> 1 / fanIn;
      };
    }
  }

  static final Registry.Entry<Initializer> XAVIER_NORMAL =
      entry(
          "xavier-normal",
          "normal, variance 2 / (in + out) (Glorot, Bengio 2010)",
          Rule.XAVIER,
          Shape.NORMAL);
  static final Registry.Entry<Initializer> XAVIER_UNIFORM =
      entry(
          "xavier-uniform",
          "even, variance 2 / (in + out) (Glorot, Bengio 2010)",
          Rule.XAVIER,
          Shape.UNIFORM);
  static final Registry.Entry<Initializer> HE_NORMAL =
      entry(
          "he-normal",
          "normal, variance 2 / in: for rectifiers (He et al. 2015)",
          Rule.HE,
          Shape.NORMAL);
  static final Registry.Entry<Initializer> HE_UNIFORM =
      entry(
          "he-uniform",
          "even, variance 2 / in: for rectifiers (He et al. 2015)",
          Rule.HE,
          Shape.UNIFORM);
  static final Registry.Entry<Initializer> LECUN_NORMAL =
      entry(
          "lecun-normal",
          "normal, variance 1 / in: for selu (LeCun et al. 1998)",
          Rule.LECUN,
          Shape.NORMAL);
  static final Registry.Entry<Initializer> LECUN_UNIFORM =
      entry(
          "lecun-uniform", "even, variance 1 / in (LeCun et al. 1998)", Rule.LECUN, Shape.UNIFORM);

  private final String name;
  private final Rule rule;
  private final Shape shape;

  private VarianceScaling(String name, Rule rule, Shape shape) {
    this.name = name;
    this.rule = rule;
    this.shape = shape;
  }

  private static Registry.Entry<Initializer> entry(
      String name, String summary, Rule rule, Shape shape) {
    Initializer initializer = new VarianceScaling(name, rule, shape);
    return new Registry.Entry<>(name, summary, List.of(), options -> initializer);
  }

  /** For layers in front of a rectifier. */
  public static Initializer heNormal() {
    return new VarianceScaling("he-normal", Rule.HE, Shape.NORMAL);
  }

  /** For all other layers. */
  public static Initializer xavierUniform() {
    return new VarianceScaling("xavier-uniform", Rule.XAVIER, Shape.UNIFORM);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double value(RandomStream random, long element, int fanIn, int fanOut) {
    double v = rule.variance(fanIn, fanOut);
    return shape == Shape.NORMAL
        ? Math.sqrt(v) * random.normal(element)
        : Math.sqrt(3 * v) * (2 * random.unit(element) - 1);
  }

  @Override
  public String toString() {
    return name;
  }
}
