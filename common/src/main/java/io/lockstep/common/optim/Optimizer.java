package io.lockstep.common.optim;

import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.layout.Chunk;
import io.lockstep.common.layout.Layout;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * An update rule as it is listed: how a configuration makes it, and how to choose it. What a rule's
 * code says by itself, such as its memory, is asked of the rule.
 *
 * @param entry its name, keys and factory
 * @param guide its paper and what is known of its use
 */
public record Optimizer(Registry.Entry<UpdateRule> entry, Guide guide) {
  /** What {@link #stateFloats} is counted on. */
  public static final TensorSpec SAMPLE =
      new TensorSpec("sample.W", List.of(1024, 1024), Role.WEIGHT);

  /** Bytes of an update without state: parameters are read and written, gradients read. */
  private static final int STATELESS_BYTES = 3 * Float.BYTES;

  /** The value of {@code type}. */
  public String name() {
    return entry.name();
  }

  /** The rule with default settings. */
  public UpdateRule withDefaults() {
    return entry.create().apply(Options.of("optimizer", Map.of("type", name())));
  }

  /** Floats that the rule keeps for a parameter of {@link #SAMPLE}, with default settings. */
  public double stateFloats() {
    UpdateRule rule = withDefaults();
    long floats = 0;
    Layout layout = Layout.of(List.of(SAMPLE), Layout.DEFAULT_CHUNK_ELEMENTS, rule::whole);
    for (Chunk chunk : layout.chunks()) {
      for (int array = 0; array < rule.stateNames(SAMPLE).size(); array++) {
        floats += rule.stateLength(array, SAMPLE, chunk);
      }
    }
    return (double) floats / SAMPLE.size();
  }

  /**
   * Whether it needs sums over whole tensors, so that with default settings no chunk is updated
   * before all gradients of a step are there.
   */
  public boolean needsTensorStatistics() {
    return withDefaults().rounds() > 0;
  }

  /** Whether its model is an average of the parameters that it trains. */
  public boolean evaluatesAverage() {
    return withDefaults().evaluatesAverage();
  }

  /**
   * Bytes that an update moves through memory for a parameter, with default settings: parameters
   * and state read and written, gradients read, and what later passes move. Empty for a rule that
   * needs tensors whole: arithmetic is its limit.
   */
  public OptionalInt streamedBytes() {
    UpdateRule rule = withDefaults();
    int stateBytes = 2 * Float.BYTES * (int) Math.round(stateFloats());
    return rule.whole(SAMPLE)
        ? OptionalInt.empty()
        : OptionalInt.of(STATELESS_BYTES + stateBytes + rule.laterPassBytes());
  }
}
