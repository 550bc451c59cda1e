package io.lockstep.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SliceEngineTest {
  private static final int MOST = 19;

  enum Model {
    PERCEPTRON(TestNetworks.perceptron()),
    CONVOLUTIONAL(TestNetworks.convolutional()),
    SEVERAL_GROUPS_OF_IMAGES(TestNetworks.largeImages());

    @SuppressWarnings("ImmutableEnumChecker") // a network is immutable, which is not annotated
    final Network network;

    Model(Network network) {
      this.network = network;
    }
  }

  private final List<AutoCloseable> open = new ArrayList<>();

  private SliceEngine engine(Parameters parameters, Network network, int most) {
    SliceEngine engine = network.engine(parameters, most);
    open.add(engine);
    return engine;
  }

  private Parameters parameters(Network network) {
    float[] values = TestNetworks.parameters(network, 5);
    Parameters parameters = network.allocate();
    parameters.set(0, values, 0, values.length);
    open.add(parameters);
    return parameters;
  }

  @BeforeEach
  void nothingIsOpen() {
    assertThat(open).isEmpty();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private static float[] gradient(SliceEngine engine, SliceBatch batch, long step, int size) {
    float[] gradient = new float[size];
    engine.gradient(batch, 1, step, 4, gradient);
    return gradient;
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void repeatsAndOtherInstancesGiveTheSameBits(Model model) {
    Network network = model.network;
    Parameters parameters = parameters(network);
    SliceEngine first = engine(parameters, network, MOST);
    SliceEngine second = engine(parameters, network, MOST);
    SliceBatch batch = TestNetworks.slice(network, MOST, MOST, 1);
    SliceBatch other = TestNetworks.slice(network, 4, MOST, 2);
    float[] expected = gradient(first, batch, 0, network.size());
    for (int repeat = 0; repeat < 3; repeat++) {
      gradient(first, other, repeat, network.size());
      first.evaluate(other);
      assertThat(gradient(first, batch, 0, network.size())).isEqualTo(expected);
    }
    assertThat(gradient(second, batch, 0, network.size())).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void theSquaresAreThoseOfTheGradientAndOfNothingInInference(Model model) {
    Network network = model.network;
    SliceEngine engine = engine(parameters(network), network, MOST);
    SliceBatch batch = TestNetworks.slice(network, MOST, MOST, 1);
    float[] gradient = new float[network.size()];
    SliceSums sums = engine.gradient(batch, 1, 0, 4, gradient);
    double expected = 0;
    for (float g : gradient) {
      expected += (double) g * g;
    }
    // Summed in float32 by several lanes, then in double.
    assertThat(sums.gradientSquares()).isPositive().isCloseTo(expected, within(1e-6 * expected));
    assertThat(engine.evaluate(batch).gradientSquares()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void twoThreadsAtOnceGiveTheBitsOfOne(Model model) throws Exception {
    Network network = model.network;
    Parameters parameters = parameters(network);
    SliceBatch batch = TestNetworks.slice(network, MOST, MOST, 1);
    float[] expected = gradient(engine(parameters, network, MOST), batch, 0, network.size());
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        SliceEngine engine = engine(parameters, network, MOST);
        tasks.add(
            () -> {
              boolean same = true;
              for (int repeat = 0; repeat < 50; repeat++) {
                same &=
                    java.util.Arrays.equals(expected, gradient(engine, batch, 0, network.size()));
              }
              return same;
            });
      }
      for (Future<Boolean> same : threads.invokeAll(tasks)) {
        assertThat(same.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** 1e-5 of the largest: float32 sums of a few hundred terms taken in another order. */
  @ParameterizedTest
  @EnumSource(Model.class)
  void theGradientOfASliceIsTheSumOverItsExamples(Model model) {
    if (model == Model.PERCEPTRON) {
      return; // its dropout mask follows the place in the slice
    }
    Network network = model.network;
    Parameters parameters = parameters(network);
    SliceBatch batch = TestNetworks.slice(network, 11, MOST, 1);
    SliceEngine engine = engine(parameters, network, MOST);
    float[] whole = gradient(engine, batch, 0, network.size());
    double[] sum = new double[network.size()];
    SliceBatch single = new SliceBatch(1, network.inputSize(), 1);
    single.examples(1);
    double loss = 0;
    for (int e = 0; e < batch.examples(); e++) {
      System.arraycopy(
          batch.features(), e * network.inputSize(), single.features(), 0, network.inputSize());
      single.labels()[0] = batch.labels()[e];
      single.weights()[0] = batch.weights()[e];
      float[] one = new float[network.size()];
      loss += engine.gradient(single, 1, 0, 4, one).loss();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += one[i];
      }
    }
    double largest = 0;
    for (double s : sum) {
      largest = Math.max(largest, Math.abs(s));
    }
    for (int i = 0; i < sum.length; i++) {
      assertThat((double) whole[i]).isCloseTo(sum[i], within(1e-5 * largest));
    }
    SliceSums sums = engine.gradient(batch, 1, 0, 4, whole);
    assertThat(sums.loss()).isCloseTo(loss, within(1e-5 * loss));
    assertThat(sums.weight()).isEqualTo(6 + 5 * 0.5);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void rowsBehindTheExamplesDoNotMatter(Model model) {
    Network network = model.network;
    Parameters parameters = parameters(network);
    SliceEngine engine = engine(parameters, network, MOST);
    SliceBatch batch = TestNetworks.slice(network, 6, MOST, 1);
    float[] expected = gradient(engine, batch, 0, network.size());
    java.util.Arrays.fill(
        batch.features(), 6 * network.inputSize(), MOST * network.inputSize(), Float.NaN);
    java.util.Arrays.fill(batch.labels(), 6, MOST, Float.NaN);
    assertThat(gradient(engine, batch, 0, network.size())).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void anEmptySliceAddsNothing(Model model) {
    Network network = model.network;
    SliceEngine engine = engine(parameters(network), network, MOST);
    SliceBatch batch = TestNetworks.slice(network, 0, MOST, 1);
    float[] gradient = gradient(engine, TestNetworks.slice(network, 3, MOST, 1), 0, network.size());
    SliceSums sums = engine.gradient(batch, 1, 0, 0, gradient);
    assertThat(gradient).containsOnly(0);
    assertThat(sums.loss()).isZero();
    assertThat(sums.weight()).isZero();
  }

  /**
   * A few small records a slice; the least of the models has 300 numbers, the slice 19 examples.
   */
  @ParameterizedTest
  @EnumSource(Model.class)
  void aSliceAllocatesNothingInProportionToModelOrBatch(Model model) {
    Network network = model.network;
    SliceEngine engine = engine(parameters(network), network, MOST);
    SliceBatch batch = TestNetworks.slice(network, MOST, MOST, 1);
    float[] gradient = new float[network.size()];
    engine.gradient(batch, 1, 0, 4, gradient);
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int step = 1; step <= 100; step++) {
      engine.gradient(batch, 1, step, 4, gradient);
    }
    long perSlice = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
    assertThat(perSlice).as("bytes a slice").isLessThan(2048);
  }

  @ParameterizedTest
  @EnumSource(value = Model.class, names = "PERCEPTRON")
  void dropoutFollowsStepStreamAndSeedAndIsAbsentInInference(Model model) {
    Network network = model.network;
    SliceEngine engine = engine(parameters(network), network, MOST);
    SliceBatch batch = TestNetworks.slice(network, MOST, MOST, 1);
    float[] expected = gradient(engine, batch, 0, network.size());
    float[] other = new float[network.size()];
    engine.gradient(batch, 1, 0, 5, other);
    assertThat(other).isNotEqualTo(expected);
    engine.gradient(batch, 2, 0, 4, other);
    assertThat(other).isNotEqualTo(expected);
    assertThat(gradient(engine, batch, 1, network.size())).isNotEqualTo(expected);
    assertThat(engine.evaluate(batch).loss()).isEqualTo(engine.evaluate(batch).loss());
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void predictionsAreProbabilities(Model model) {
    Network network = model.network;
    SliceEngine engine = engine(parameters(network), network, MOST);
    SliceBatch batch = TestNetworks.slice(network, 5, MOST, 1);
    float[] outputs = new float[5 * network.outputSize()];
    engine.predict(batch, outputs);
    for (int e = 0; e < 5; e++) {
      double sum = 0;
      for (int o = 0; o < network.outputSize(); o++) {
        assertThat(outputs[e * network.outputSize() + o]).isBetween(0f, 1f);
        sum += outputs[e * network.outputSize() + o];
      }
      assertThat(sum).isCloseTo(1, within(1e-6));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Model.class, names = "PERCEPTRON")
  void parametersComeAndGoInRuns(Model model) {
    Parameters parameters = parameters(model.network);
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(0).putFloat(1.5f).putFloat(-2).putFloat(3e-3f).putFloat(0);
    bytes.position(4).limit(16);
    parameters.set(7, bytes);
    float[] read = new float[5];
    parameters.get(6, read, 0, 5);
    assertThat(read).containsSequence(1.5f, -2, 3e-3f);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(parameters.size()).isEqualTo(model.network.size());
  }

  @ParameterizedTest
  @EnumSource(value = Model.class, names = "PERCEPTRON")
  void moreExamplesThanAgreedAreRefused(Model model) {
    SliceEngine engine = engine(parameters(model.network), model.network, 3);
    SliceBatch batch = TestNetworks.slice(model.network, 4, 4, 1);
    assertThatThrownBy(() -> engine.evaluate(batch))
        .hasMessage("a slice must have at most 3 examples of 13 numbers, got 4 of 13");
  }
}
