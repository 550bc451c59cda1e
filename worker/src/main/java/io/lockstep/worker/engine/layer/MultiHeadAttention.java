package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Role;
import io.lockstep.worker.engine.initializer.Initializer;
import io.lockstep.worker.engine.initializer.Initializers;
import io.lockstep.worker.engine.initializer.VarianceScaling;
import io.lockstep.worker.engine.kernel.Kernel.Mask;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Multi-head attention, Vaswani et al. (2017), "Attention is all you need", section 3.2: each of
 * the heads h has columns d h to d h + d - 1 of queries, keys and values, d = width / heads,
 *
 * <pre>{@code
 * [q k v] = x Wqkv + bqkv         Wqkv [width, 3 width], bqkv [3 width]
 * o_h = softmax(q_h k_h' / sqrt d) v_h
 * y = [o_1 ... o_heads] Wo + bo   Wo [width, width], bo [width]
 * }</pre>
 *
 * <p>With one input, [length, width], a sequence attends to itself; with two, the first's positions
 * attend to the second's, of the same width: queries come from the first, keys and values from the
 * second. A causal layer's position sees those up to itself. In training, dropout takes weights of
 * the softmax away and scales the others up, as PyTorch's does.
 */
final class MultiHeadAttention implements Layer {
  private static final Key<Integer> HEADS =
      Key.integer("heads", 0, Range.closed(1, Integer.MAX_VALUE), "a number that divides the width")
          .required();

  private static final Key<Boolean> CAUSAL =
      Key.flag("causal", false, "whether a position sees only itself and those before");

  private static final Key<Double> DROPOUT =
      Key.number(
          "dropout", 0.0, Range.FRACTION, "the part of attention's weights dropped in training");

  private static final Key<Boolean> BIAS =
      Key.flag("bias", true, "whether terms are added, tensors NAME.bqkv and NAME.bo");

  static final Registry.Entry<Layer> ENTRY =
      new Registry.Entry<>(
          "multi-head-attention",
          "every position of a sequence from all (Vaswani et al. 2017), Wqkv [width, 3 width],"
              + " Wo [width, width]; of two inputs the first attends to the second",
          List.of(HEADS, CAUSAL, DROPOUT, Initializers.KEY, BIAS, Weights.BIAS_INITIALIZER),
          MultiHeadAttention::new);

  private final Options section;
  private final Place place;
  private final int heads;
  private final boolean causal;
  private final float dropout;
  private final boolean bias;
  private final Initializer initializer;
  private final Initializer biasInitializer;

  private MultiHeadAttention(Options section) {
    this.section = section;
    place = new Place(section);
    heads = section.get(HEADS);
    causal = section.get(CAUSAL);
    dropout = section.get(DROPOUT).floatValue();
    bias = section.get(BIAS);
    initializer = Initializers.of(section, VarianceScaling.xavierUniform());
    biasInitializer = Initializers.REGISTRY.create(section.get(Weights.BIAS_INITIALIZER));
  }

  @Override
  public Shape output(List<Shape> inputs) {
    if (inputs.size() > 2) {
      throw section.error(
          "must have one input, or two: queries and what they attend to, got " + inputs.size());
    }
    for (Shape input : inputs) {
      place.sequence(List.of(input));
    }
    Shape shape = inputs.get(0);
    if (shape.channels() % heads != 0) {
      throw section.error(HEADS, "must divide the width, which is " + shape.channels());
    }
    if (inputs.size() == 2 && inputs.get(1).channels() != shape.channels()) {
      throw section.error(
          "needs two inputs of one width, got "
              + shape
              + " and "
              + inputs.get(1)
              + "; put a dense layer before one of them");
    }
    if (inputs.size() == 2 && causal) {
      throw section.error(
          CAUSAL, "must be false with two inputs, whose positions have no common order");
    }
    return shape;
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    int width = inputs.get(0).channels();
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(spec("Wqkv", List.of(width, 3 * width), Role.WEIGHT, 3 * width));
    if (bias) {
      specs.add(spec("bqkv", List.of(3 * width), Role.BIAS, 3 * width));
    }
    specs.add(spec("Wo", List.of(width, width), Role.WEIGHT, width));
    if (bias) {
      specs.add(spec("bo", List.of(width), Role.BIAS, width));
    }
    return specs;
  }

  private ParameterSpec spec(String suffix, List<Integer> shape, Role role, int outputs) {
    Initializer first = role == Role.BIAS ? biasInitializer : initializer;
    return new ParameterSpec(suffix, shape, role, first, shape.get(0), outputs);
  }

  @Override
  public Operation operation(Site site) {
    return new AttentionWork(site, heads, causal ? Mask.CAUSAL : Mask.NONE, dropout, bias);
  }
}
