package io.lockstep.worker.engine;

import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.worker.engine.layer.ParameterSpec;
import java.lang.ref.SoftReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * First values of runs of tensors. A tensor that is made as a whole is kept as long as memory
 * allows, because its chunks are asked for one after another. Thread-safe.
 */
final class FirstValues {
  private volatile @Nullable Made last;

  private record Made(long seed, int tensor, SoftReference<double[]> values) {}

  /** As {@link Network#initialize}. */
  void write(
      ParameterSpec spec, long seed, int tensor, int from, float[] target, int at, int length) {
    RandomStream random = RandomStream.of(seed, Purpose.INITIALIZE, tensor, 0, 0);
    double[] whole = whole(spec, seed, tensor, random);
    for (int i = 0; i < length; i++) {
      double value =
          whole == null
              ? spec.initializer().value(random, (long) from + i, spec.fanIn(), spec.fanOut())
              : whole[from + i];
      target[at + i] = (float) value;
    }
  }

  private double @Nullable [] whole(
      ParameterSpec spec, long seed, int tensor, RandomStream random) {
    Made made = last;
    double[] kept =
        made != null && made.seed() == seed && made.tensor() == tensor ? made.values().get() : null;
    if (kept != null) {
      return kept;
    }
    Optional<double[]> values = spec.initializer().whole(random, spec.shape());
    values.ifPresent(v -> last = new Made(seed, tensor, new SoftReference<>(v)));
    return values.orElse(null);
  }
}
