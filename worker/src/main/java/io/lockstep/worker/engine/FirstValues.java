package io.lockstep.worker.engine;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.layer.ParameterSpec;
import java.lang.ref.SoftReference;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * First values of runs of tensors. Those of the last tensor are kept as long as memory allows,
 * because its chunks are asked for one after another, and some initialisers make all elements at
 * once. Thread-safe.
 */
final class FirstValues {
  private volatile @Nullable Made last;

  private record Made(long seed, int tensor, SoftReference<IntToDoubleFunction> values) {}

  /** As {@link Network#initialize}. */
  void write(
      ParameterSpec spec, long seed, int tensor, int from, float[] target, int at, int length) {
    IntToDoubleFunction values = values(spec, seed, tensor);
    for (int i = 0; i < length; i++) {
      target[at + i] = (float) values.applyAsDouble(from + i);
    }
  }

  private IntToDoubleFunction values(ParameterSpec spec, long seed, int tensor) {
    Made made = last;
    IntToDoubleFunction kept =
        made != null && made.seed() == seed && made.tensor() == tensor ? made.values().get() : null;
    if (kept != null) {
      return kept;
    }
    RandomStream random = RandomStream.of(seed, Purpose.INITIALIZE, tensor, 0, 0);
    IntToDoubleFunction values =
        spec.initializer().values(random, spec.shape(), spec.fanIn(), spec.fanOut());
    last = new Made(seed, tensor, new SoftReference<>(values));
    return values;
  }
}
