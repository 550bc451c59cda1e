package io.lockstep.worker.engine.layer;

import io.lockstep.common.config.Key;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Role;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.initializer.Initializer;
import io.lockstep.worker.engine.initializer.Initializers;
import io.lockstep.worker.engine.initializer.VarianceScaling;
import io.lockstep.worker.engine.kernel.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/**
 * A state that goes along a sequence [length, in], from zero: at each position a {@link Cell} makes
 * the next state from the input's products x Wx + b and the state's h Wh. Wx is [in, gates units],
 * Wh [units, gates units], b [gates units], the gates one after another; a GRU has a term bn
 * [units] more, which is added to the state's product for n. All states come out, [length, units],
 * or the last alone, [units]. Gradients go back through the whole sequence.
 */
final class Recurrent implements Layer {
  private static final String SEQUENCE = "sequence";

  private static final Key<Integer> UNITS =
      Key.integer("units", 0, Range.closed(1, Integer.MAX_VALUE), "numbers of the state")
          .required();

  private static final Key<String> RETURN =
      Key.choice(
          "return",
          SEQUENCE,
          List.of(SEQUENCE, "last"),
          "sequence: the state at each position, [length, units]; last: the last one, [units]");

  private static final Key<Boolean> REVERSE =
      Key.flag(
          "reverse",
          false,
          "whether it goes from the last position to the first; one of each, concatenated, is a"
              + " bidirectional layer");

  private static final Key<Options> RECURRENT_INITIALIZER =
      Key.named("recurrentInitializer", "orthogonal", "first values of Wh");

  private static final Key<Double> FORGET_BIAS =
      Key.number(
          "forgetBias",
          1.0,
          Range.FINITE,
          "added to the first values of the forget gate's b, so that an LSTM begins by remembering"
              + " (Jozefowicz et al. 2015)");

  static final Registry.Entry<Layer> LSTM =
      entry(
          "lstm",
          "long short-term memory (Hochreiter, Schmidhuber 1997), gates i, f, g, o: Wx [in, 4"
              + " units], Wh [units, 4 units], b [4 units]",
          LstmCell.KIND,
          LstmCell::new);

  static final Registry.Entry<Layer> GRU =
      entry(
          "gru",
          "a gated recurrent unit (Cho et al. 2014), gates r, z, n: Wx [in, 3 units], Wh [units, 3"
              + " units], b [3 units], bn [units]",
          GruCell.KIND,
          GruCell::new);

  static final Registry.Entry<Layer> RNN =
      entry(
          "rnn",
          "a simple recurrent layer, tanh(x Wx + b + h Wh) (Elman 1990)",
          RnnCell.KIND,
          RnnCell::new);

  private final Place place;
  private final Cell.Kind kind;
  private final IntFunction<Cell> cells;
  private final int units;
  private final boolean sequence;
  private final boolean reverse;
  private final Initializer inputInitializer;
  private final Initializer recurrentInitializer;
  private final Initializer biasInitializer;

  private Recurrent(Options section, Cell.Kind kind, IntFunction<Cell> cells) {
    this.place = new Place(section);
    this.kind = kind;
    this.cells = cells;
    units = section.get(UNITS);
    sequence = section.get(RETURN).equals(SEQUENCE);
    reverse = section.get(REVERSE);
    inputInitializer = Initializers.of(section, VarianceScaling.xavierUniform());
    recurrentInitializer = Initializers.REGISTRY.create(section.get(RECURRENT_INITIALIZER));
    Initializer first = Initializers.REGISTRY.create(section.get(Weights.BIAS_INITIALIZER));
    biasInitializer =
        kind.carries() ? new Remembering(first, section.get(FORGET_BIAS), units) : first;
  }

  private static Registry.Entry<Layer> entry(
      String name, String summary, Cell.Kind kind, IntFunction<Cell> cells) {
    List<Key<?>> keys = new ArrayList<>(List.of(UNITS, RETURN, REVERSE, Initializers.KEY));
    keys.add(RECURRENT_INITIALIZER);
    keys.add(Weights.BIAS_INITIALIZER);
    if (kind.carries()) {
      keys.add(FORGET_BIAS);
    }
    return new Registry.Entry<>(
        name, summary, List.copyOf(keys), section -> new Recurrent(section, kind, cells));
  }

  /** First values of an LSTM's b: those of another initialiser, and more for the forget gate. */
  private record Remembering(Initializer others, double forget, int units) implements Initializer {
    @Override
    public String name() {
      return others.name();
    }

    @Override
    public IntToDoubleFunction values(
        RandomStream random, List<Integer> shape, int fanIn, int fanOut) {
      IntToDoubleFunction values = others.values(random, shape, fanIn, fanOut);
      return element -> values.applyAsDouble(element) + (element / units == 1 ? forget : 0);
    }

    @Override
    public void check(List<Integer> shape) {
      others.check(shape);
    }
  }

  @Override
  public Shape output(List<Shape> inputs) {
    Shape shape = place.sequence(inputs);
    return sequence ? shape.withChannels(units) : Shape.of(units);
  }

  @Override
  public List<ParameterSpec> parameters(List<Shape> inputs) {
    int in = inputs.get(0).channels();
    int all = Math.multiplyExact(kind.gates(), units);
    List<ParameterSpec> specs = new ArrayList<>();
    specs.add(new ParameterSpec("Wx", List.of(in, all), Role.WEIGHT, inputInitializer, in, units));
    specs.add(
        new ParameterSpec(
            "Wh", List.of(units, all), Role.WEIGHT, recurrentInitializer, units, units));
    specs.add(new ParameterSpec("b", List.of(all), Role.BIAS, biasInitializer, in, units));
    if (kind.keepsApart()) {
      specs.add(new ParameterSpec("bn", List.of(units), Role.BIAS, biasInitializer, units, units));
    }
    return specs;
  }

  @Override
  public Operation operation(Site site) {
    return new RecurrentWork(site, kind, cells.apply(units), units, sequence, reverse);
  }
}
